/** HTTP/1.1 bytes that two parsers could read two ways, and what the gate must make of them. */
import type { RefusalCode } from '../../../src/core/errors/index.ts';

export interface WireCase {
  readonly name: string;
  /** Latin-1; several parts are written one after the other, in separate TCP segments. */
  readonly send: string | readonly string[];
  /** The outcomes on record, in order; null for an allowed exchange. Nothing else may be on record. */
  readonly outcomes: readonly (RefusalCode | null)[];
}

const HOST = 'Host: localhost\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const ORDER = '{"item":"bolt","quantity":3}';

/** A well-formed request that would delete, hidden where another parser would look for a request. */
const HIDDEN = `DELETE /api/orders/0190b8a0-0000-7000-8000-000000000001 HTTP/1.1\r\n${HOST}\r\n`;

function get(target: string, fields = '', version = 'HTTP/1.1'): string {
  return `GET ${target} ${version}\r\n${HOST}${fields}\r\n`;
}

function post(fields: string, body: string): string {
  return `POST /api/orders HTTP/1.1\r\n${HOST}${JSON_TYPE}${fields}\r\n${body}`;
}

function chunked(fields: string, body: string): string {
  return post(`Transfer-Encoding: chunked\r\n${fields}`, body);
}

const size = (text: string) => text.length.toString(16);
const CHUNKS = `${size(ORDER)}\r\n${ORDER}\r\n0\r\n\r\n`;

function refused(code: RefusalCode, cases: Record<string, string | readonly string[]>): WireCase[] {
  return Object.entries(cases).map(([name, send]) => ({ name, send, outcomes: [code] }));
}

function allowed(cases: Record<string, string | readonly string[]>): WireCase[] {
  return Object.entries(cases).map(([name, send]) => ({ name, send, outcomes: [null] }));
}

const framing: WireCase[] = [
  ...refused('ADMIT_FRAMING', {
    'CL.TE: a length, then chunked': post(`Content-Length: 6\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${HIDDEN}`),
    'TE.CL: chunked, then a length': post(
      `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`,
      `${size(HIDDEN)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
    ),
    'CL.TE with a length of zero': post(`Content-Length: 0\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${HIDDEN}`),
    'two different lengths': post(`Content-Length: 5\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'a coding before chunked': post('Transfer-Encoding: gzip, chunked\r\n', CHUNKS),
    'a coding after chunked': post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked twice in one field': post('Transfer-Encoding: chunked, chunked\r\n', CHUNKS),
    'an unknown coding': post('Transfer-Encoding: xchunked\r\n', CHUNKS),
    'the coding identity': post('Transfer-Encoding: identity\r\n', `0\r\n\r\n${HIDDEN}`),
    'a quoted coding': post('Transfer-Encoding: "chunked"\r\n', CHUNKS),
    'a coding with a parameter': post('Transfer-Encoding: chunked;q=1\r\n', CHUNKS),
    'a coding with a comma before it': post('Transfer-Encoding: ,chunked\r\n', CHUNKS),
    'an empty coding': post('Transfer-Encoding:\r\n', HIDDEN),
    'a length with a plus sign': post(`Content-Length: +${ORDER.length}\r\n`, ORDER),
    'a negative length': post('Content-Length: -1\r\n', ORDER),
    'a hexadecimal length': post('Content-Length: 0x1c\r\n', ORDER),
    'a length with a leading zero': post(`Content-Length: 0${ORDER.length}\r\n`, ORDER),
    'a list of equal lengths': post(`Content-Length: ${ORDER.length}, ${ORDER.length}\r\n`, ORDER),
    'a list of different lengths': post(`Content-Length: 0, ${ORDER.length}\r\n`, ORDER),
    'a length with a space inside': post('Content-Length: 2 8\r\n', ORDER),
    'an empty length': post('Content-Length:\r\n', ORDER),
    'a length with a fraction': post('Content-Length: 28.0\r\n', ORDER),
    'a length over 2^64': post('Content-Length: 18446744073709551644\r\n', ORDER),
    'a chunk size over 2^64': chunked('', `1000000000000001c\r\n${ORDER}\r\n0\r\n\r\n`),
    'a chunk size with a sign': chunked('', `+1c\r\n${ORDER}\r\n0\r\n\r\n`),
    'a chunk size with 0x': chunked('', `0x1c\r\n${ORDER}\r\n0\r\n\r\n`),
    'a chunk size with a space before it': chunked('', ` 1c\r\n${ORDER}\r\n0\r\n\r\n`),
    'an empty chunk size': chunked('', `\r\n${ORDER}\r\n0\r\n\r\n`),
    'a negative chunk size': chunked('', `-1\r\n${ORDER}\r\n0\r\n\r\n`),
    'trailer fields': chunked('', `${size(ORDER)}\r\n${ORDER}\r\n0\r\nX-After: 1\r\n\r\n`),
    'a trailer that sets the length': chunked('Trailer: Content-Length\r\n', `0\r\nContent-Length: 99\r\n\r\n`),
    'a chunk extension': chunked('', `${size(ORDER)};a=b\r\n${ORDER}\r\n0\r\n\r\n`),
  }),
];

export const CASES: readonly WireCase[] = [...framing, ...allowed({ 'a chunked body': chunked('', CHUNKS), 'a body in odd pieces': [post(`Content-Length: ${ORDER.length}\r\n`, ORDER.slice(0, 5)), ORDER.slice(5)], 'a plain one': get('/api/orders') }),
  ...refused('ADMIT_PARSE', {
    'TE space before colon': post('Transfer-Encoding : chunked\r\n', CHUNKS),
    'TE tab before colon': post('Transfer-Encoding\t: chunked\r\n', CHUNKS),
    'TE vertical tab': post('Transfer-Encoding:\x0bchunked\r\n', CHUNKS),
    'TE after obs-fold': post('X: a\r\n Transfer-Encoding: chunked\r\n', CHUNKS),
    'TE value after obs-fold': post('Transfer-Encoding:\r\n chunked\r\n', CHUNKS),
    'TE twice in two fields': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', CHUNKS),
    'TE chunked twice in two fields': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', CHUNKS),
    'TE first field with space': `POST /api/orders HTTP/1.1\r\n Transfer-Encoding: chunked\r\n${HOST}${JSON_TYPE}\r\n${CHUNKS}`,
    'TE hidden by bare CR': post('X: a\rTransfer-Encoding: chunked\r\n', CHUNKS),
    'TE hidden by bare LF': post('X: a\nTransfer-Encoding: chunked\r\n', CHUNKS),
    'TE with NUL': post('Transfer-Encoding: chunked\0\r\n', CHUNKS),
    'TE with DEL': post('Transfer-Encoding: chunked\x7f\r\n', CHUNKS),
    'TE with high byte': post('Transfer-Encoding: \xffchunked\r\n', CHUNKS),
    'TE trailing tab': post('Transfer-Encoding: chunked\t\r\n', CHUNKS),
    'two equal lengths': post(`Content-Length: ${ORDER.length}\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'NUL in a value': get('/api/orders', 'X: a\0b\r\n'),
    'NUL in a name': get('/api/orders', 'X\0: a\r\n'),
    'no name': get('/api/orders', ': a\r\n'),
    'no colon': get('/api/orders', 'Xa\r\n'),
    'ctl in a value': get('/api/orders', 'X: a\x01b\r\n'),
    'obs-text in a value': get('/api/orders', 'X: a\xe9b\r\n'),
    'obs-fold': get('/api/orders', 'X: a\r\n b\r\n'),
    'obs-fold tab': get('/api/orders', 'X: a\r\n\tb\r\n'),
    'bare LF everywhere': `GET /api/orders HTTP/1.1\nHost: localhost\n\n`,
    'bare LF after request line': `GET /api/orders HTTP/1.1\nHost: localhost\r\n\r\n`,
    'bare LF at the end of fields': `GET /api/orders HTTP/1.1\r\nHost: localhost\r\n\n`,
    'bare LF after field': `GET /api/orders HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n`,
    'bare CR in the value': get('/api/orders', 'X: a\rb\r\n'),
    'bare CR ends': `GET /api/orders HTTP/1.1\rHost: localhost\r\r`,
    'CR CR LF': `GET /api/orders HTTP/1.1\r\nHost: localhost\r\r\n\r\n`,
    'bare LF in chunk size': chunked('', `${size(ORDER)}\n${ORDER}\r\n0\r\n\r\n`),
    'bare CR in chunk size': chunked('', `${size(ORDER)}\rX${ORDER}\r\n0\r\n\r\n`),
    'bare LF after chunk': chunked('', `${size(ORDER)}\r\n${ORDER}\n0\r\n\r\n`),
    'bare LF after last': chunked('', `${size(ORDER)}\r\n${ORDER}\r\n0\n\n`),
    'chunk longer than size': chunked('', `5\r\n${ORDER}\r\n0\r\n\r\n`),
    'chunk extension with bare LF': chunked('', `${size(ORDER)};a\n${ORDER}\r\n0\r\n\r\n`),
    'chunk extension quoted': chunked('', `${size(ORDER)};a="\r\n"\r\n${ORDER}\r\n0\r\n\r\n`),
    'chunk trailing space': chunked('', `${size(ORDER)} \r\n${ORDER}\r\n0\r\n\r\n`),
    'chunk underscore': chunked('', `1_c\r\n${ORDER}\r\n0\r\n\r\n`),
    'HTTP/1.0': get('/api/orders', '', 'HTTP/1.0'),
    'HTTP/1.0 with TE': `POST /api/orders HTTP/1.0\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    'HTTP/0.9': 'GET /api/orders\r\n',
    'HTTP/2.0': get('/api/orders', '', 'HTTP/2.0'),
    'HTTP/1.2': get('/api/orders', '', 'HTTP/1.2'),
    'HTTP/0.9 v': get('/api/orders', '', 'HTTP/0.9'),
    'HTTP/11': get('/api/orders', '', 'HTTP/11'),
    'http/1.1': get('/api/orders', '', 'http/1.1'),
    'HTTP/1.1 with trailing space': get('/api/orders', '', 'HTTP/1.1 '),
    'no version': get('/api/orders', '', ''),
    'two spaces': `GET  /api/orders HTTP/1.1\r\n${HOST}\r\n`,
    'tab': `GET\t/api/orders\tHTTP/1.1\r\n${HOST}\r\n`,
    'preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'leading space': ` GET /api/orders HTTP/1.1\r\n${HOST}\r\n`,
    'leading CRLF': `\r\n${get('/api/orders')}`,
    'leading LF': `\n${get('/api/orders')}`,
    'leading NUL': `\0${get('/api/orders')}`,
    'lower case method': `get /api/orders HTTP/1.1\r\n${HOST}\r\n`,
    'unknown method': `FOO /api/orders HTTP/1.1\r\n${HOST}\r\n`,
    'PURGE': `PURGE /api/orders HTTP/1.1\r\n${HOST}\r\n`,
    'QUERY': `QUERY /api/orders HTTP/1.1\r\n${HOST}\r\n`,
    'TRACE': `TRACE /api/orders HTTP/1.1\r\n${HOST}\r\n`,
    'CONNECT': `CONNECT localhost:443 HTTP/1.1\r\n${HOST}\r\n${HIDDEN}`,
    'space in target': get('/api/orders ?limit=1'),
    'absolute same': get('https://localhost/api/orders'),
    'absolute http': get('http://localhost/api/orders'),
    'absolute other host': get('https://evil.example/api/orders'),
    'absolute no host': `GET https://localhost/api/orders HTTP/1.1\r\n\r\n`,
    'absolute userinfo': get('https://a@localhost/api/orders'),
    'absolute ftp': get('ftp://localhost/api/orders'),
    'authority form': get('localhost:443'),
    'asterisk': `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
    'GET asterisk': get('*'),
    'no host': `GET /api/orders HTTP/1.1\r\n\r\n`,
    'two hosts': get('/api/orders', HOST),
    'two different hosts': get('/api/orders', 'Host: evil.example\r\n'),
    'empty host': `GET /api/orders HTTP/1.1\r\nHost:\r\n\r\n`,
    'host list': `GET /api/orders HTTP/1.1\r\nHost: localhost, evil.example\r\n\r\n`,
    'host userinfo': `GET /api/orders HTTP/1.1\r\nHost: evil@localhost\r\n\r\n`,
    'host path': `GET /api/orders HTTP/1.1\r\nHost: localhost/x\r\n\r\n`,
    'host other': `GET /api/orders HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
    'host dot': `GET /api/orders HTTP/1.1\r\nHost: localhost.\r\n\r\n`,
    'host port bad': `GET /api/orders HTTP/1.1\r\nHost: localhost:99999\r\n\r\n`,
    'two auth': get('/api/orders', 'Authorization: a\r\nAuthorization: b\r\n'),
    'two ct': post(`Content-Type: text/plain\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'CL underscore': post(`Content_Length: 0\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'TE underscore': post(`Transfer_Encoding: chunked\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'Upgrade h2c': get('/api/orders', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'),
    'Upgrade websocket': get('/api/orders', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'),
    'Upgrade without Connection': get('/api/orders', 'Upgrade: h2c\r\n'),
    'Upgrade with body': post(`Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'Expect other': get('/api/orders', 'Expect: something\r\n'),
    'Expect 100 with garbage': post(`Expect: 100-continue, x\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'Expect twice': post(`Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'GET with body': get('/api/orders', `Content-Length: ${HIDDEN.length}\r\n`) + HIDDEN,
    'GET with chunked body': get('/api/orders', `Transfer-Encoding: chunked\r\n`) + '0\r\n\r\n',
    'length too short': post(`Content-Length: 10\r\n`, ORDER),
    'length too long': post(`Content-Length: 100\r\n`, ORDER),
  }),
  ...refused('ADMIT_TARGET', Object.fromEntries([
    '/api/orders%2f1', '/api%2Forders', '/api%5corders', '/api\\orders', '/api/..;/orders', '/api/x/..;a=b/orders', '/api/%2e%2e/api/orders', '/api/./orders', '/api/../api/orders', '/api/x/%2E./orders',
    '/api/orders%00', '/api/orders%0d%0aX:y', '/api/orders/%c0%af', '/api/%c0%ae%c0%ae/orders', '/api/orders/%e0%80%af', '/api//orders', '//api/orders', '/api/orders#f', '/api/orders%', '/api/orders%2', '/api/orders%zz', '/api/%252e%252e/orders', '/api/orders%252f1', '/api/orders%25252f1',
    '/api/orders/%u002f', '/api/orders?x=%zz', '/api/orders?a"b', '/api/orders?<', '/api/orders/\xe9', '/api/orders|', '/api/orders?q=\xe9', '', '?', 'api/orders', '/api/orders%7f', '/api/orders/%ed%a0%80', '/api/orders/%f5%80%80%80','/api/orders/', '/api/orders;x=1', '/API/orders', '/api/orders?', '/api/%6frders', '/api/orders?limit=%31', '/api/orders?limit=1%00',
  ].map((t) => [`target ${t}`, get(t)]))),
];
