/** Text that means something to directories, header sections, object readers and web servers behind the gate. */
import { patternRule, type Rule } from '../rule.ts';

export const INJECTION_RULES: readonly Rule[] = [
  patternRule({
    id: 'ldap-filter',
    guard: 'attacks',
    anchors: [')(|(', '*)(', ')(&(', '*))', ')(!('],
    pattern:
      /(?:^|[\w*])\)\s{0,2}\(?(?:[|&!]\(|\(?(?:uid|cn|objectclass|mail|user|password|samaccountname|sn)=)|^\*\)\)?\([|&]?/i,
    before: 2,
    behind: 64,
  }),
  patternRule({
    id: 'header-split',
    guard: 'attacks',
    anchors: [
      '\nset-cookie',
      '\nlocation:',
      '\ncontent-length:',
      '\ntransfer-encoding:',
      '\nhttp/0',
      '%0aset-cookie',
      '%0alocation:',
      '%0acontent-',
    ],
    pattern:
      /(?:\n|%0a)(?:Set-Cookie\s{0,2}:|Location\s{0,2}:\s{0,2}https?:|Content-Length\s{0,2}:\s{0,2}[0-9]|Transfer-Encoding\s{0,2}:|HTTP\/[12]\.[01] [0-9]{3}|content-)/i,
  }),
  patternRule({
    id: 'serialized-object',
    guard: 'attacks',
    anchors: ['ro0ab', 'aced0000', 'o:0:"', 'o:00:"'],
    pattern: /rO0AB[A-Za-z0-9+/]{8}|aced0005[0-9a-f]{8}|(?:^|[;{])O:[0-9]{1,3}:"[\w\\]{1,80}":[0-9]{1,3}:\{/,
    before: 1,
  }),
  patternRule({
    id: 'server-side-include',
    guard: 'attacks',
    anchors: ['<!--#'],
    pattern: /<!--\s?#(?:exec|echo var|printenv|include virtual)\b/i,
  }),
];
