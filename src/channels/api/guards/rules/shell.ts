/** Text that a shell would run. */
import { characters } from '../characters.ts';
import { byteAt, type InspectedText, patternRule, type Rule } from '../rule.ts';

/** Whether a separator of commands stands not far before. */
function isSeparated(text: InspectedText, at: number): boolean {
  for (let back = at; back >= at - 48; back--) if (SEPARATORS[byteAt(text, back)] === 1) return true;
  return false;
}

const SEPARATORS = characters(';|&\\n>$');

export const SHELL_RULES: readonly Rule[] = [
  patternRule({
    id: 'shell-substitution',
    guard: 'attacks',
    anchors: ['$(', '`', '${ifs', '$ifs', '<('],
    pattern:
      /[^\s("'*>:`]`(?:id|whoami)`(?!`)|\$\((?:id|whoami)\)|(?:\$\(|`|<\()\s{0,3}(?:\/(?:usr\/)?bin\/)?(?:sleep [0-9]{1,5}|cat \/[a-z]{1,16}\/\w{1,20}|(?:wget|curl) [^`)]{0,40}(?:https?|ftp):\/\/[^`)]{3,80}|nslookup [^`)]{3,80}|ping -[cn] ?[0-9]{1,4} [^`)]{3,80}|nc -\w{1,6} [^`)]{3,80}|touch \/\w{1,40}[^`)]{0,40})\s{0,3}(?:\)|`)|[a-z]\$\{?IFS\b/,
    before: 1,
  }),
  patternRule({
    id: 'shell-command',
    guard: 'attacks',
    anchors: [
      'passwd',
      'shadow',
      '/dev/tcp/',
      'cmd.exe',
      'cmd /c',
      '/bin/sh',
      '/bin/bash',
      'powershell',
      'whoami',
      'uname',
      ';id',
      '; id',
      '|id',
      '| id',
      '&id',
      '& id',
      'ping ',
      'sleep ',
      'wget ',
      'curl ',
      'nslookup ',
      'ipconfig',
      'ifconfig',
      'netcat',
      'nc -',
      'systeminfo',
      'win.ini',
      'net user',
      'certutil',
    ],
    pattern:
      /(?:^|[\w'")\]])\s{0,2}(?:;|\|{1,2}|&{1,2}|%0a)\s{0,3}(?:\/(?:usr\/)?(?:s?bin|local\/bin)\/)?(?:(?:cat|head|tail|less|more|type|nl|od|xxd)\s{1,3}[^\n;|&]{0,40}(?:\/etc\/(?:passwd|shadow|hosts|group)|win\.ini)|id(?=\s{0,3}(?:;|`|$))|whoami(?=\s{0,3}(?:[;|&#`/]|$))|uname -a|ping\s{1,3}-[cni]\s{0,3}[0-9]{1,5}\s{1,3}[\w.-]{3,80}|sleep\s{1,3}[0-9]{1,4}$|nslookup\s{1,3}[\w.-]{3,80}|ipconfig(?: \/all)?(?=\s{0,3}(?:[;|&#`]|$))|ifconfig(?: -a)?(?=\s{0,3}(?:[;|&#`]|$))|systeminfo\b|net user\b|(?:nc|ncat|netcat)\s{1,3}-(?:c|[a-z]{0,4}e)\s|cmd(?:\.exe)?\s{0,3}\/c|powershell(?:\.exe)?\s{1,3}-(?:e|enc|nop|w|c)|certutil\s{1,3}-url)|bash -i >& ?\/dev\/tcp\/|cat\$\{?IFS/i,
    before: 64,
    behind: 160,
    near: isSeparated,
  }),
  patternRule({
    id: 'shell-chain',
    guard: 'suspicions',
    anchors: [
      '; cat ',
      ';cat ',
      '| cat ',
      '|cat ',
      '| sh',
      '|sh',
      '| bash',
      '|bash',
      ';ls',
      '; ls',
      '|ls',
      '&ls',
      '; rm ',
      ';rm ',
      '&& rm ',
      '; wget ',
      ';wget ',
      '; curl ',
      ';curl ',
      '&& wget',
      '&& curl',
      '| nc ',
      ';echo ',
      '; echo ',
      '|echo ',
      '; python',
      '; perl',
      ';dir',
      '|dir',
      '& dir',
      '&dir',
    ],
    pattern: /[;|&]{1,2}\s{0,2}(?:cat|sh|bash|ls|rm|wget|curl|nc|echo|python[23]?|perl|dir)(?=\s|$|[;|&])/,
    behind: 32,
  }),
];
