/** What runtimes, databases and frameworks write when something breaks. */
import { ALPHANUMERIC, CAPITALS } from '../characters.ts';
import { byteAt, byteRule, patternRule, type Rule } from '../rule.ts';

const guard = 'exceptions';

/** Whole phrases that only such output has. */
function phrases(id: string, ...anchors: readonly string[]): Rule {
  return byteRule({ id, guard, anchors, find: (_text, at, end) => ({ start: at, end }) });
}

const TRACES: readonly Rule[] = [
  patternRule({
    id: 'java-trace',
    guard,
    anchors: ['.java:', '.kt:', '.scala:', '.groovy:', '(native method)'],
    pattern: /\bat [\w$.<>/@ ]{3,120}\((?:[\w$-]{1,80}\.(?:java|kt|scala|groovy):[0-9]{1,6}|Native Method)\)/,
    before: 220,
  }),
  patternRule({
    id: 'java-exception',
    guard,
    anchors: ['exception', 'error'],
    pattern:
      /\b(?:java|javax|jakarta|kotlin|scala|org|com|net|io)(?:\.[a-z][a-z0-9_]{0,30}){1,8}\.[A-Z][A-Za-z0-9$]{0,60}(?:Exception|Error)\b(?!\.)/,
    before: 160,
    behind: 16,
    // The end of a name with a capital in it: `FooException`, not a word of a sentence.
    preceded_by: ALPHANUMERIC,
    near: (text, at) => byteAt(text, at) === 0x45,
  }),
  patternRule({
    id: 'python-trace',
    guard,
    anchors: ['traceback (most recent call last)', '.py", line '],
    pattern: /Traceback \(most recent call last\)|File "[^"\n]{1,160}\.py", line [0-9]{1,6}/,
    before: 170,
  }),
  patternRule({
    id: 'dotnet-trace',
    guard,
    anchors: ['.cs:line ', '.vb:line ', '.fs:line '],
    pattern: /\bat [\w.<>`[\], ()&*+|]{3,160} in [^\n]{1,120}\.(?:cs|vb|fs):line [0-9]{1,6}/,
    before: 300,
  }),
  patternRule({
    id: 'dotnet-exception',
    guard,
    anchors: ['system.', 'microsoft.'],
    near: (text, _at, end) => CAPITALS[byteAt(text, end)] === 1,
    pattern: /(?:System|Microsoft)(?:\.[A-Z][A-Za-z0-9]{1,40}){1,6}Exception(?=[:\s]|$)/,
  }),
  patternRule({
    id: 'php-error',
    guard,
    anchors: ['fatal error', 'parse error', 'warning', 'notice', 'php '],
    near: (text, at, end) => byteAt(text, at) === 0x50 || byteAt(text, end) === 0x3a || byteAt(text, end) === 0x3c,
    pattern:
      /(?:(?:PHP )?(?:Fatal|Parse|Catchable fatal) error|(?:PHP )?(?:Warning|Notice|Deprecated))(?:<\/b>)?: {1,3}[^\n]{1,160} in (?:<b>)?[^\s]{2,100}\.php(?:<\/b>)?(?: on line |:)(?:<b>)?[0-9]{1,6}/,
  }),
  patternRule({
    id: 'ruby-trace',
    guard,
    anchors: ['.rb:'],
    pattern: /[\w./-]{2,120}\.rb:[0-9]{1,6}:in [`'][^\n'`]{1,80}'/,
    before: 120,
  }),
  patternRule({
    id: 'go-panic',
    guard,
    anchors: ['goroutine 0', 'panic: '],
    pattern: /goroutine [0-9]{1,9} \[[a-z ,0-9]{3,40}\]:|panic: runtime error: /,
  }),
  patternRule({
    id: 'node-trace',
    guard,
    anchors: ['.js:', '.ts:', '.mjs:', '.cjs:', '(node:internal/', '(native)', '.jsx:', '.tsx:'],
    pattern:
      /\bat (?:async )?(?:[\w$.<>[\] ]{1,100} \()?(?:file:\/\/\/?|node:|webpack:|\/|[A-Za-z]:[\\/])[^\s()]{1,160}:[0-9]{1,6}:[0-9]{1,6}\)?/,
    before: 240,
  }),
  patternRule({
    id: 'rust-panic',
    guard,
    anchors: ["' panicked at "],
    pattern: /thread '[^'\n]{1,60}' panicked at [^\n]{1,120}:[0-9]{1,6}/,
    before: 70,
  }),
  patternRule({
    id: 'perl-error',
    guard,
    anchors: ['.pl line ', '.pm line '],
    pattern: / at [\w./-]{2,120}\.p[lm] line [0-9]{1,6}[.,]/,
    before: 130,
  }),
];

const DATABASES: readonly Rule[] = [
  patternRule({
    id: 'postgresql-error',
    guard,
    anchors: [
      'syntax error at or near',
      'violates unique constraint',
      'violates foreign key',
      'violates not-null',
      'violates check constraint',
      '" does not exist',
      'psqlexception',
      'pg::',
      'unterminated quoted string at',
    ],
    pattern:
      /syntax error at or near "|violates (?:unique|foreign key|not-null|check) constraint|(?:relation|column|function|type|role|schema|database) "[^"\n]{1,80}" does not exist|PSQLException|PG::[A-Z][A-Za-z]{3,40}|unterminated quoted string at or near/,
    before: 100,
  }),
  patternRule({
    id: 'mysql-error',
    guard,
    anchors: [
      'error in your sql syntax',
      "' for key '",
      "' in 'field list'",
      "' in 'where clause'",
      "' in 'order clause'",
      "' doesn't exist",
      'mysqlexception',
      'mysql_fetch_',
      'mysqli_',
      'foreign key constraint fails',
    ],
    pattern:
      /You have an error in your SQL syntax|Duplicate entry '[^\n]{1,100}' for key '|Unknown column '[^\n']{1,80}' in '(?:field list|where clause|order clause)'|Table '[\w$.-]{1,100}' doesn't exist|MySQL\w{0,20}Exception|mysqli?_(?:fetch_|query|connect|num_rows)[a-z_]{0,20}\(\)|a foreign key constraint fails/,
    before: 120,
  }),
  patternRule({
    id: 'oracle-error',
    guard,
    anchors: ['ora-00000', 'pls-00000', 'tns-00000'],
    pattern: /(?:ORA|PLS|TNS)-[0-9]{5}(?=[:\s]|$)/,
  }),
  patternRule({
    id: 'mssql-error',
    guard,
    anchors: [
      'unclosed quotation mark',
      'incorrect syntax near',
      'sqlexception',
      '[microsoft][',
      '[sql server]',
      'microsoft ole db provider',
      'conversion failed when converting',
      ', state 0',
    ],
    pattern:
      /Unclosed quotation mark after the character string|Incorrect syntax near (?:the keyword )?'|SqlException|\[Microsoft\]\[(?:ODBC|SQL)|\[SQL Server\]|Microsoft OLE DB Provider for|Conversion failed when converting (?:the )?[a-z]{2,20} value|Msg [0-9]{1,6}, Level [0-9]{1,2}, State [0-9]{1,3}/,
    before: 40,
  }),
  patternRule({
    id: 'sqlite-error',
    guard,
    anchors: ['sqlite_', 'sqlite3.', 'constraint failed: ', '": syntax error', 'unrecognized token: "'],
    pattern:
      /SQLITE_(?:ERROR|CONSTRAINT|BUSY|MISUSE|CORRUPT)[A-Z_]{0,30}: |sqlite3\.[A-Z][A-Za-z]{3,30}Error|(?:UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed: |near "[^"\n]{1,60}": syntax error|unrecognized token: "/,
    before: 70,
  }),
  patternRule({
    id: 'sql-state',
    guard,
    anchors: ['sqlstate[', 'sqlstate='],
    pattern: /SQLSTATE(?:\[[0-9A-Z]{5}\]|=[0-9A-Z]{5})/,
  }),
  phrases('mongodb-error', 'e00000 duplicate key error collection', 'mongoservererror:', 'mongoerror:'),
];

const PAGES: readonly Rule[] = [
  phrases(
    'debug-page',
    "you're seeing this error because you have <code>debug = true",
    'werkzeug debugger',
    'whitelabel error page',
    "server error in '/' application",
    'action controller: exception caught',
    'the debugger caught an exception in your wsgi application',
    '<title>phpinfo()</title>',
    'laravel\\ignition',
    'symfony\\component\\httpkernel\\exception',
    'apache tomcat/0',
    '<title>error response</title>',
  ),
];

/** What stands before the first line of a trace rarely tells anything, what follows often does: all of it goes. */
export const EXCEPTION_RULES: readonly Rule[] = [...TRACES, ...DATABASES, ...PAGES];
