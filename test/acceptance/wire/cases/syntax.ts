/** The start line and the lines of the header section (RFC 9112 sections 2 to 5). */
import { allowed, get, HIDDEN, HOST, ORDER, post, refused, type WireCase } from './wire-case.ts';

const LINES = {
  'bare LF as every line end': 'GET /api/orders HTTP/1.1\nHost: localhost\n\n',
  'a bare LF after the request line': 'GET /api/orders HTTP/1.1\nHost: localhost\r\n\r\n',
  'a bare LF after a field': 'GET /api/orders HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n',
  'a bare LF as the empty line': 'GET /api/orders HTTP/1.1\r\nHost: localhost\r\n\n',
  'bare CR as every line end': 'GET /api/orders HTTP/1.1\rHost: localhost\r\r',
  'a bare CR in a value': get('/api/orders', 'X: a\rb\r\n'),
  'CR CR LF': 'GET /api/orders HTTP/1.1\r\nHost: localhost\r\r\n\r\n',
  'a line folded with a space': get('/api/orders', 'X: a\r\n b\r\n'),
  'a line folded with a tab': get('/api/orders', 'X: a\r\n\tb\r\n'),
  'NUL in a value': get('/api/orders', 'X: a\0b\r\n'),
  'NUL in a name': get('/api/orders', 'X\0: a\r\n'),
  'a control byte in a value': get('/api/orders', 'X: a\x01b\r\n'),
  'a byte above ASCII in a name': get('/api/orders', 'X\xe9: a\r\n'),
  'a field without a name': get('/api/orders', ': a\r\n'),
  'a field without a colon': get('/api/orders', 'Xa\r\n'),
  'a space before the colon of Host': 'GET /api/orders HTTP/1.1\r\nHost : localhost\r\n\r\n',
};

const START_LINES = {
  'HTTP/1.0': get('/api/orders', '', 'HTTP/1.0'),
  'HTTP/1.0 with Transfer-Encoding': `POST /api/orders HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  'HTTP/0.9 by its version': get('/api/orders', '', 'HTTP/0.9'),
  'HTTP/0.9 with an empty line': 'GET /api/orders\r\n\r\n',
  'HTTP/2.0 in the form of HTTP/1.1': get('/api/orders', '', 'HTTP/2.0'),
  'HTTP/1.2': get('/api/orders', '', 'HTTP/1.2'),
  'HTTP/11': get('/api/orders', '', 'HTTP/11'),
  'a version in lower case': get('/api/orders', '', 'http/1.1'),
  'a space after the version': get('/api/orders', '', 'HTTP/1.1 '),
  'a space in place of the version': get('/api/orders', '', ''),
  'a space in the target': get('/api/orders ?limit=1'),
  'tabs in place of spaces': `GET\t/api/orders\tHTTP/1.1\r\n${HOST}\r\n`,
  'a space before the method': ` ${get('/api/orders')}`,
  'NUL before the method': `\0${get('/api/orders')}`,
  'a method in lower case': `get /api/orders HTTP/1.1\r\n${HOST}\r\n`,
  'a method nobody knows': `FOO /api/orders HTTP/1.1\r\n${HOST}\r\n`,
  'the preface of HTTP/2 on a connection for HTTP/1.1': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
};

const METHODS = {
  TRACE: `TRACE /api/orders HTTP/1.1\r\n${HOST}\r\n`,
  CONNECT: `CONNECT localhost:443 HTTP/1.1\r\n${HOST}\r\n${HIDDEN}`,
  'PURGE, which the parser knows': `PURGE /api/orders HTTP/1.1\r\n${HOST}\r\n`,
  'QUERY, which the parser knows': `QUERY /api/orders HTTP/1.1\r\n${HOST}\r\n`,
};

const H2C = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';

const SWITCHES = {
  'an upgrade to h2c': `${get('/api/orders', H2C)}${HIDDEN}`,
  'an upgrade to h2c with a body': post(`${H2C}Content-Length: ${ORDER.length}\r\n`, ORDER),
  'an upgrade to a WebSocket': get('/api/orders', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'),
  'Upgrade that Connection does not name': get('/api/orders', 'Upgrade: h2c\r\n'),
  'an unknown expectation': get('/api/orders', 'Expect: something\r\n'),
  '100-continue among other expectations': post(
    `Expect: 100-continue, x\r\nContent-Length: ${ORDER.length}\r\n`,
    ORDER,
  ),
  '100-continue with a parameter': post(`Expect: 100-continue;a=b\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
};

export const SYNTAX: readonly WireCase[] = [
  ...refused('ADMIT_PARSE', { ...LINES, ...START_LINES }),
  ...refused('ADMIT_METHOD', METHODS),
  ...refused('ADMIT_UPGRADE', SWITCHES),
  ...refused('ADMIT_HEADERS_LATE', { 'HTTP/0.9': 'GET /api/orders\r\n' }),
  ...allowed({
    // RFC 9112 section 2.2: empty lines before a request are ignored.
    'an empty line before the request': `\r\n${get('/api/orders')}`,
    // RFC 9112 section 3 lets a parser split at any whitespace; every way to split this one gives the same.
    'two spaces before the target': `GET  /api/orders HTTP/1.1\r\n${HOST}\r\n`,
    // RFC 9110 section 5.5: opaque data. No undeclared field goes on.
    'a byte above ASCII in a value': get('/api/orders', 'X: a\xe9b\r\n'),
  }),
];
