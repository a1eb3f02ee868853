/** Text that leaves the value it was put in and goes on as SQL. */
import { characters } from '../characters.ts';
import { byteAt, type InspectedText, patternRule, type Rule } from '../rule.ts';

/** What SQL takes for a blank: comments and, in URLs written by hand, a plus. */
const GAP = String.raw`(?:\s|/\*[^*]{0,40}\*/|\+){1,8}`;
const MAYBE_GAP = String.raw`(?:\s|/\*[^*]{0,40}\*/|\+){0,8}`;
/** What leaves the string or number that the value was put in. */
const BREAKOUT = String.raw`(?:['"\`\\]|(?<=['"0-9]\s?)[)]|(?<![\w.])-?[0-9]{1,10})`;

/**
 * The byte that stands before an anchor once blanks, parentheses and the ends of comments are passed over, 0 where none
 * does within reach.
 */
function before(text: InspectedText, at: number): number {
  for (let back = at; back >= at - 24; back--) {
    const byte = byteAt(text, back);
    const passed = back === at ? BLANK_OR_WORD : BLANKS;
    if (byte === 0 || passed[byte] !== 1) return byte;
  }
  return 0;
}

const BLANKS = characters(' \\t\\n\\r+)(*/');
/** An anchor begins with its own blank or word: neither says what stands before it. */
const BLANK_OR_WORD = characters(' \\t\\n\\r+)(*/A-Za-z|&\'"`');
const LEAVES = characters('0-9\'"`)\\\\;');

/** Whether what a value stands in may have been left right before an anchor. */
function isLeft(text: InspectedText, at: number): boolean {
  const first = byteAt(text, at);
  return LEAVES[first] === 1 || LEAVES[before(text, at)] === 1 || LEAVES[byteAt(text, at - 1)] === 1;
}

export const SQL_RULES: readonly Rule[] = [
  patternRule({
    id: 'sql-tautology',
    guard: 'attacks',
    anchors: [
      ' or ',
      ' and ',
      "'or",
      "'and",
      '"or',
      '"and',
      ')or',
      ')and',
      '||',
      '&&',
      '*/or',
      '*/and',
      '+or',
      '+and',
      '\tor',
      '\nor',
      ' or(',
      ' and(',
      ' xor ',
      ' having ',
      "or'",
      'or"',
      "and'",
      'or not ',
    ],
    pattern: new RegExp(
      `${BREAKOUT}${MAYBE_GAP}[)]{0,4}${MAYBE_GAP}(?:or|and|xor|having|\\|\\||&&)(?:${MAYBE_GAP}not\\b)?${MAYBE_GAP}(?:exists${MAYBE_GAP})?[(]{0,4}(?:` +
        // The same on both sides, or two numbers, in a comparison.
        String.raw`(['"]?)([\w.-]{1,32})\1${MAYBE_GAP}(?:=|<=>|like|rlike|regexp)${MAYBE_GAP}(?:'\2|"\2|\2)(?![\w.])|` +
        `[0-9]{1,9}${MAYBE_GAP}(?:=|<>|!=|<|>)${MAYBE_GAP}[0-9]{1,9}(?![\\w.])|` +
        `['"][^'"]{0,16}['"]${MAYBE_GAP}(?:=|<|>|like)${MAYBE_GAP}['"]|` +
        `select${GAP}[^;]{1,60}${GAP}from|[\\w.]{1,32}${GAP}(?:like${MAYBE_GAP}['"]|is${GAP}(?:not${GAP})?null)|(?:ascii|ord|substr(?:ing)?|mid|length|count|char|chr|sleep|benchmark|extractvalue|updatexml|load_file)${MAYBE_GAP}[(]${MAYBE_GAP}[^)\\s])`,
      'i',
    ),
    before: 48,
    behind: 128,
    near: isLeft,
  }),
  patternRule({
    id: 'sql-subquery',
    guard: 'attacks',
    anchors: ['(select', '( select', 'case when', 'make_set(', 'elt(', 'iif('],
    pattern: new RegExp(
      `[(]${MAYBE_GAP}select${GAP}[(]?(?:case${GAP}when|count[(][*]|concat[(]|chr?[(]|char[(]|upper[(]|version[(]|[0-9]{1,8}[)])|` +
        `${BREAKOUT}${MAYBE_GAP}[)]{0,4}${MAYBE_GAP}(?:(?:and|or|rlike|like|xor|having|(?:order|group)${GAP}by)\\b|[,=+*/|-]{1,2})[^;'"\n]{0,40}[(]${MAYBE_GAP}select${GAP}|` +
        `${BREAKOUT}${GAP}(?:and|or|having)${GAP}(?:[0-9]{1,9}${MAYBE_GAP}=${MAYBE_GAP})?(?:make_set|elt|iif)[(]`,
      'i',
    ),
    before: 72,
    behind: 48,
  }),
  patternRule({
    id: 'sql-union',
    guard: 'attacks',
    anchors: ['union'],
    pattern: new RegExp(
      `\\bunion${MAYBE_GAP}(?:(?:all|distinct)${MAYBE_GAP})?[(]{0,3}${MAYBE_GAP}select${MAYBE_GAP}(?:all${GAP})?(?:[0-9'"@*(]|null\\b|char\\b|chr\\b|concat|group_concat|cast\\b|convert\\b|version\\b|user\\b|database\\b|load_file|top${GAP}[0-9]|[\\w.]{1,40}${MAYBE_GAP}(?:,|from\\b))`,
      'i',
    ),
    behind: 160,
  }),
  patternRule({
    id: 'sql-stacked',
    guard: 'attacks',
    anchors: [
      'drop',
      'delete',
      'insert',
      'update',
      'alter',
      'truncate',
      'exec',
      'declare',
      'shutdown',
      'waitfor',
      'create',
      'select',
      'grant',
      'merge',
      'call ',
    ],
    pattern: new RegExp(
      `${BREAKOUT}${MAYBE_GAP}[)]{0,3}${MAYBE_GAP};${MAYBE_GAP}(?:drop${GAP}(?:table|database|user|view|schema|function)|delete${GAP}from|insert${GAP}into|update${GAP}[\\w.]{1,40}${GAP}set|alter${GAP}(?:table|user|database)|truncate${GAP}table|exec(?:ute)?${GAP}(?:master|xp_|sp_|immediate)|declare${GAP}@|shutdown\\b|waitfor${GAP}delay|create${GAP}(?:table|user|function|or)|select${GAP}[^;]{0,60}(?:sleep|from|case|benchmark|count)|grant${GAP}all|call${GAP}[\\w.]{1,30}[(])`,
      'i',
    ),
    before: 40,
    behind: 128,
    near: (text, at) => before(text, at) === 0x3b,
  }),
  patternRule({
    id: 'sql-delay',
    guard: 'attacks',
    anchors: [
      'sleep(',
      'benchmark(',
      "delay '",
      'delay "',
      'receive_message(',
      'randomblob(',
      'sleep (',
      'generate_series(',
      'dbms_lock.sleep',
      'user_lock.sleep',
    ],
    pattern: new RegExp(
      `(?:(?:['"\`)]|\\b(?:and|or|select|when|then|if|rlike|by|null|else))${MAYBE_GAP}[(,]{0,4}${MAYBE_GAP}(?:sleep${MAYBE_GAP}[(]${MAYBE_GAP}[0-9]|benchmark[(]\\s{0,3}[0-9])|pg_sleep[(]\\s{0,3}[0-9]|waitfor${GAP}delay${GAP}['"][0-9]|dbms_pipe\\.receive_message[(]|randomblob[(][0-9]{6}|(?:dbms|user)_lock\\.sleep)`,
      'i',
    ),
    before: 40,
    behind: 64,
  }),
  patternRule({
    id: 'sql-probe',
    guard: 'attacks',
    anchors: [
      'information_schema',
      'sysobjects',
      'syscolumns',
      'sqlite_master',
      'pg_catalog',
      'pg_shadow',
      'all_tables',
      'user_tables',
      '@@',
      'xp_cmdshell',
      'load_file',
      'outfile',
      'dumpfile',
      'extractvalue',
      'updatexml',
      'utl_http',
      'utl_inaddr',
      'ctxsys.drithsx',
      'dbms_',
      'xp_dirtree',
      'xp_regread',
      'openrowset',
      'procedure analyse',
      'mysql.user',
      'sys.user',
      'v$version',
      'rdb$',
      'order by 0',
      'group by 0',
      'msysaccessobjects',
      'xmltype(',
    ],
    pattern: new RegExp(
      `(?:['"\`)(,]|\\b(?:select|from|and|or|exec|union|where|by)${GAP}|[0-9]${MAYBE_GAP})${MAYBE_GAP}[(]{0,3}(?:information_schema\\.|sysobjects|syscolumns|sqlite_master|pg_catalog\\.|pg_shadow|(?:all|user)_tables|@@(?:version|global\\.|hostname|datadir|servername)\\b|(?:master\\.{1,2}(?:dbo\\.)?)?xp_cmdshell|load_file[(]|into${GAP}(?:out|dump)file|(?:extractvalue|updatexml)[(]${MAYBE_GAP}[0-9]{1,6}${MAYBE_GAP},${MAYBE_GAP}[(]{0,2}(?:concat|0x|select|make_set|elt)|utl_http\\.|utl_inaddr\\.|ctxsys\\.drithsx|dbms_[a-z]{2,20}\\.|xp_dirtree|xp_regread|openrowset[(]|procedure${GAP}analyse|mysql\\.user|sys\\.user|v\\$version|rdb\\$|msysaccessobjects|xmltype[(])|(?:['"\`)]|^-?[0-9]{1,9})${GAP}(?:order|group)${GAP}by${GAP}[0-9]{1,4}(?:${MAYBE_GAP}(?:--|#|,|$)|$)`,
      'i',
    ),
    before: 56,
    behind: 64,
  }),
  patternRule({
    id: 'sql-comment',
    guard: 'attacks',
    anchors: [
      "'--",
      "' --",
      "')--",
      "') --",
      '"--',
      '" --',
      "'#",
      "' #",
      "'/*",
      "')#",
      "';--",
      "'; --",
      "'))--",
      "'+--",
    ],
    // The comment must end the value: it is there to swallow what stands behind it.
    pattern: /^[^'"\n]{0,48}['"]\s{0,4}[)]{0,4}\s{0,4};?\s{0,4}(?:--[ +-]{0,3}|#|\/\*)\s{0,4}$/,
    before: 64,
    behind: 64,
    within: 64,
  }),
];
