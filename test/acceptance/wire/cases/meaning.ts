/** Who is called and what for: Host, target forms, ambiguous paths, fields that may stand once. */
import { allowed, get, HOST, ORDER, post, refused, type WireCase } from './wire-case.ts';

const withHost = (value: string) => `GET /api/orders HTTP/1.1\r\nHost:${value}\r\n\r\n`;

const HOSTS = {
  'no Host': 'GET /api/orders HTTP/1.1\r\n\r\n',
  'no Host beside an absolute target': 'GET https://localhost/api/orders HTTP/1.1\r\n\r\n',
  'Host twice': get('/api/orders', HOST),
  'two Hosts that differ': get('/api/orders', 'Host: evil.example\r\n'),
  'Host twice, the second after 100 other fields': get(
    '/api/orders',
    `${'X: y\r\n'.repeat(100)}Host: evil.example\r\n`,
  ),
  'an empty Host': withHost(''),
  'a list in Host': withHost(' localhost, evil.example'),
  'user information in Host': withHost(' evil@localhost'),
  'a path in Host': withHost(' localhost/x'),
  'a port that is none': withHost(' localhost:99999'),
};

const MISDIRECTED = {
  'a Host that differs from SNI': withHost(' evil.example'),
  'a Host with a final dot': withHost(' localhost.'),
  'an absolute target for another host': get('https://evil.example/api/orders'),
  'an absolute target with user information': get('https://a@localhost/api/orders'),
};

/** Forms of a target that another parser could turn into a path that was not judged. */
const TARGETS = [
  ['an absolute target of scheme http', 'http://localhost/api/orders'],
  ['an absolute target of scheme ftp', 'ftp://localhost/api/orders'],
  ['an authority', 'localhost:443'],
  ['an asterisk', '*'],
  ['a path without a slash', 'api/orders'],
  ['a lone question mark', '?'],
  ['an encoded slash at the end', '/api/orders%2f'],
  ['an encoded slash beside another', '/api/%2Forders'],
  ['an encoded slash before an encoded dot segment', '/api%2f%2e%2e%2forders'],
  ['an encoded backslash', '/api%5corders'],
  ['a backslash', '/api\\orders'],
  ['a dot segment with a parameter', '/api/..;/orders'],
  ['a dot segment with a named parameter', '/api/x/..;a=b/orders'],
  ['an encoded dot segment', '/api/%2e%2e/api/orders'],
  ['a half-encoded dot segment', '/api/x/%2E./orders'],
  ['a single dot', '/api/./orders'],
  ['two dots', '/api/../api/orders'],
  ['two dots at the end', '/api/orders/..'],
  ['a dot segment encoded twice', '/api/%252e%252e/orders'],
  ['a slash encoded twice', '/api/orders%252f1'],
  ['a slash encoded three times', '/api/orders%25252f1'],
  ['an encoded NUL', '/api/orders%00'],
  ['an encoded line break', '/api/orders%0d%0aX:y'],
  ['an encoded DEL', '/api/orders%7f'],
  ['an overlong slash', '/api/orders/%c0%af'],
  ['an overlong slash of three bytes', '/api/orders/%e0%80%af'],
  ['overlong dots', '/api/%c0%ae%c0%ae/orders'],
  ['an encoded surrogate', '/api/orders/%ed%a0%80'],
  ['a code point above Unicode', '/api/orders/%f5%80%80%80'],
  ['a %u escape', '/api/orders/%u002f'],
  ['an empty segment', '/api//orders'],
  ['two slashes at the beginning', '//api/orders'],
  ['a fragment', '/api/orders#f'],
  ['a percent sign alone', '/api/orders%'],
  ['half an escape', '/api/orders%2'],
  ['an escape that is not hexadecimal', '/api/orders%zz'],
  ['a broken escape in the query', '/api/orders?x=%zz'],
  ['a quote in the query', '/api/orders?a"b'],
  ['a pipe', '/api/orders|'],
  ['a byte above ASCII in the path', '/api/orders/\xe9'],
  ['a byte above ASCII in the query', '/api/orders?q=\xe9'],
] as const;

/** Clear, and not declared: nothing is normalised into something that is. */
const UNDECLARED = [
  ['a slash at the end', '/api/orders/'],
  ['a path parameter', '/api/orders;x=1'],
  ['upper case', '/API/orders'],
  ['an encoded letter', '/api/%6frders'],
] as const;

const toRequests = (targets: readonly (readonly [string, string])[]) =>
  Object.fromEntries(targets.map(([name, target]) => [name, get(target)]));

export const MEANING: readonly WireCase[] = [
  ...refused('ADMIT_HOST', HOSTS),
  ...refused('ADMIT_MISDIRECTED', MISDIRECTED),
  ...refused('ADMIT_TARGET', { ...toRequests(TARGETS), 'OPTIONS *': `OPTIONS * HTTP/1.1\r\n${HOST}\r\n` }),
  ...refused('MATCH_PATH', toRequests(UNDECLARED)),
  ...refused('ADMIT_FIELD_REPEATED', {
    'Authorization twice': get('/api/orders', 'Authorization: a\r\nAuthorization: b\r\n'),
    'Content-Type twice': post(`Content-Type: text/plain\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'Expect twice': post(`Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
  }),
  ...refused('ADMIT_HEADERS_TOO_LARGE', {
    'more fields than are counted, then a second Host': get(
      '/api/orders',
      `${'X: y\r\n'.repeat(150)}Host: evil.example\r\n`,
    ),
    'a field of 20,000 bytes': get('/api/orders', `X: ${'y'.repeat(20_000)}\r\n`),
    'a target of 20,000 bytes': get(`/api/orders?q=${'y'.repeat(20_000)}`),
  }),
  ...allowed({
    'an absolute target for this host': get('https://localhost/api/orders'),
    'a Host in upper case with a port': withHost(' LOCALHOST:8443'),
    'an empty query': get('/api/orders?'),
  }),
];
