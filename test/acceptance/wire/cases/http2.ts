/** HTTP/2 frames that are no good request (RFC 9113 sections 4 to 8). */
import type { RefusalCode } from '../../../../src/core/errors/index.ts';
import {
  block,
  data,
  type FieldList,
  FLAG,
  frame,
  getFields,
  headers,
  PING,
  reset,
  SETTINGS,
  TYPE,
  uint32,
} from '../http2-frames.ts';
import { ORDER } from './wire-case.ts';

export interface Http2Case {
  readonly name: string;
  /** Sent after preface and SETTINGS. */
  readonly send: Buffer;
  /** Every outcome on record, in any order; null for an allowed exchange. */
  readonly outcomes: readonly (RefusalCode | null)[];
  /** What the client gets to see. */
  readonly ends: 'stream' | 'connection';
}

const { end_stream: END, end_headers: LAST } = FLAG;

const field = (name: string, value: string) => headers(1, getFields({}, [[name, value]]));
const pseudo = (name: string, value: string | null) => headers(1, getFields({ [name]: value }));
const before = (name: string, value: string) => headers(1, [[name, value], ...getFields()]);

function post(fields: FieldList, ...rest: Buffer[]): Buffer {
  const all = getFields({ ':method': 'POST' }, [['content-type', 'application/json'], ...fields]);
  return Buffer.concat([headers(1, all, LAST), ...rest]);
}

const length = (text: string, body = ORDER) => post([['content-length', text]], data(1, body));
/** A header section that is not over yet. */
const open_section = frame(TYPE.headers, END, 1, block(getFields()));

function cases(ends: Http2Case['ends'], outcomes: Http2Case['outcomes'], named: Record<string, Buffer>): Http2Case[] {
  return Object.entries(named).map(([name, send]) => ({ name, send, outcomes, ends }));
}

/** nghttp2 resets these streams before there is a request; they are counted by the connection. */
const MALFORMED = {
  'no :method': pseudo(':method', null),
  'no :scheme': pseudo(':scheme', null),
  'no :path': pseudo(':path', null),
  'neither :authority nor host': pseudo(':authority', null),
  ':method twice': before(':method', 'GET'),
  ':path twice': before(':path', '/x'),
  ':authority twice': before(':authority', 'evil.example'),
  'an unknown pseudo-field': before(':foo', 'x'),
  'a pseudo-field of answers': before(':status', '200'),
  'a pseudo-field after a field': before('x', 'y'),
  'a name in upper case': field('X-Foo', 'y'),
  connection: field('connection', 'close'),
  'keep-alive': field('keep-alive', 'timeout=5'),
  'proxy-connection': field('proxy-connection', 'x'),
  'transfer-encoding': field('transfer-encoding', 'chunked'),
  upgrade: field('upgrade', 'h2c'),
  'te other than trailers': field('te', 'gzip'),
  'host twice': headers(
    1,
    getFields({}, [
      ['host', 'localhost'],
      ['host', 'localhost'],
    ]),
  ),
  'an absolute :path': pseudo(':path', 'https://localhost/api/orders'),
  'an empty :path': pseudo(':path', ''),
  'an asterisk with GET': pseudo(':path', '*'),
  'a line break in :path': pseudo(':path', '/api/orders\r\nX: y'),
  'a space in :path': pseudo(':path', '/api/orders x'),
  'NUL in :path': pseudo(':path', '/api/orders\0'),
  'a request line in :method': pseudo(':method', 'GET /x HTTP/1.1\r\n'),
  'user information in :authority': pseudo(':authority', 'evil@localhost'),
  'an empty :authority': pseudo(':authority', ''),
  'a space after :authority': pseudo(':authority', 'localhost '),
  'extended CONNECT, which was not offered': headers(
    1,
    getFields({ ':method': 'CONNECT' }, [[':protocol', 'websocket']]),
  ),
  'content-length twice': post(
    [
      ['content-length', '28'],
      ['content-length', '28'],
    ],
    data(1, ORDER),
  ),
  'content-length with a sign': length('+28'),
  'content-length without a body': headers(1, getFields({ ':method': 'POST' }, [['content-length', '28']])),
};

const CONNECTION_ERRORS = {
  'DATA on a stream that was not opened': data(1, ORDER),
  'DATA on stream 0': frame(TYPE.data, 0, 0, Buffer.from('x')),
  'HEADERS on stream 0': headers(0, getFields()),
  'HEADERS on an even stream': headers(2, getFields()),
  'more padding than payload': frame(
    TYPE.headers,
    LAST | END | FLAG.padded,
    1,
    Buffer.concat([Buffer.from([255]), block(getFields())]),
  ),
  'CONTINUATION without HEADERS': frame(TYPE.continuation, LAST, 1, block(getFields())),
  'HEADERS in a header section': Buffer.concat([open_section, headers(3, getFields())]),
  'CONTINUATION of another stream': Buffer.concat([open_section, frame(TYPE.continuation, LAST, 3)]),
  'PING in a header section': Buffer.concat([open_section, PING]),
  'SETTINGS in a header section': Buffer.concat([open_section, SETTINGS]),
  'an index outside the HPACK table': frame(TYPE.headers, LAST | END, 1, Buffer.alloc(6, 0xff)),
  'an HPACK table larger than allowed': frame(
    TYPE.headers,
    LAST | END,
    1,
    Buffer.concat([Buffer.from([0x3f, 0xe1, 0xff, 0x03]), block(getFields())]),
  ),
  'a frame larger than allowed': frame(TYPE.data, 0, 1, Buffer.alloc(16_385)),
  'SETTINGS of five bytes': frame(TYPE.settings, 0, 0, Buffer.alloc(5)),
  'SETTINGS on a stream': frame(TYPE.settings, 0, 1),
  'an initial window over 2^31': frame(TYPE.settings, 0, 0, Buffer.from([0, 4, 0xff, 0xff, 0xff, 0xff])),
  'a hundred settings': frame(TYPE.settings, 0, 0, Buffer.alloc(600)),
  'PING of seven bytes': frame(TYPE.ping, 0, 0, Buffer.alloc(7)),
  'GOAWAY of four bytes': frame(TYPE.goaway, 0, 0, uint32(0)),
  'PUSH_PROMISE from a client': frame(TYPE.push_promise, LAST, 1, uint32(2)),
  'RST_STREAM of a stream that was not opened': reset(7),
  'a window grown over 2^31': Buffer.concat([0, 1].map(() => frame(TYPE.window_update, 0, 0, uint32(0x7fffffff)))),
  'a window grown by zero': frame(TYPE.window_update, 0, 0, uint32(0)),
  garbage: Buffer.alloc(100, 0xff),
};

const TOO_LARGE = {
  'a header list over 16 KiB': Buffer.concat([
    open_section,
    ...Array.from({ length: 6 }, (_, at) =>
      frame(TYPE.continuation, at === 5 ? LAST : 0, 1, block([['x', 'y'.repeat(4000)]])),
    ),
  ]),
  'a header list of 200 fields': headers(1, getFields({}, new Array(200).fill(['x', 'y']))),
};

/** Fields nghttp2 leaves out of the request as if they had not been sent (RFC 9113 section 8.2.1 would refuse it). */
const LEFT_OUT = {
  'a line break in a value': field('x-request-tag', 'a\r\nx-evil: b'),
  'NUL in a value': field('x-request-tag', 'a\0b'),
  'a line break in a name': field('x-request-tag\r\nx-evil', 'a'),
  'a space in a name': field('x-request-tag x', 'a'),
  'an empty name': field('', 'a'),
};

export const HTTP2_CASES: readonly Http2Case[] = [
  ...cases('stream', ['ADMIT_HTTP2'], MALFORMED),
  ...cases('connection', ['ADMIT_HTTP2'], CONNECTION_ERRORS),
  ...cases('stream', ['ADMIT_HEADERS_TOO_LARGE'], TOO_LARGE),
  ...cases('stream', [null], LEFT_OUT),
  ...cases('stream', ['ADMIT_MISDIRECTED'], {
    ':authority that differs from SNI': pseudo(':authority', 'evil.example'),
    'host that differs from :authority': field('host', 'evil.example'),
    'host with another port than :authority': field('host', 'localhost:1'),
    'the scheme http': pseudo(':scheme', 'http'),
  }),
  ...cases('stream', ['ADMIT_TARGET'], {
    'an asterisk with OPTIONS': headers(1, getFields({ ':path': '*', ':method': 'OPTIONS' })),
    'a slash encoded twice': pseudo(':path', '/api/orders%252f1'),
    'an encoded dot segment': pseudo(':path', '/api/%2e%2e/api/orders'),
  }),
  ...cases('stream', ['ADMIT_METHOD'], {
    CONNECT: headers(1, [
      [':method', 'CONNECT'],
      [':authority', 'localhost:443'],
    ]),
    TRACE: pseudo(':method', 'TRACE'),
    'a method in lower case': pseudo(':method', 'get'),
  }),
  ...cases('stream', ['ADMIT_UPGRADE'], { 'an unknown expectation': field('expect', 'something') }),
  ...cases('stream', ['ADMIT_FIELD'], { content_length: field('content_length', '1') }),
  ...cases('stream', ['ADMIT_FIELD_REPEATED'], {
    'authorization twice': headers(
      1,
      getFields({}, [
        ['authorization', 'a'],
        ['authorization', 'b'],
      ]),
    ),
  }),
  ...cases('stream', ['ADMIT_FRAMING'], {
    'less DATA than content-length': length('50'),
    'trailer fields': post([], data(1, ORDER, 0), headers(1, [['x-after', '1']])),
  }),
  ...cases('connection', ['ADMIT_FRAMING', 'ADMIT_HTTP2'], { 'more DATA than content-length': length('5') }),
  ...cases('stream', ['ADMIT_HTTP2'], {
    'a pseudo-field in the trailer': post([], data(1, ORDER, 0), headers(1, [[':path', '/x']])),
    'a trailer that does not end the stream': post([], data(1, ORDER, 0), headers(1, [['x', 'y']], LAST)),
  }),
  ...cases('stream', ['VALIDATE_BODY_UNEXPECTED'], {
    'GET with a body': Buffer.concat([headers(1, getFields(), LAST), data(1, ORDER)]),
    'GET that does not end': headers(1, getFields(), LAST),
  }),
  ...cases('stream', ['ADMIT_BODY_LATE'], { 'a body that does not end': post([], data(1, ORDER, 0)) }),
  ...cases('stream', [null], {
    GET: headers(1, getFields()),
    'GET in a header section of three frames': Buffer.concat([
      open_section,
      frame(TYPE.continuation, 0, 1),
      frame(TYPE.continuation, LAST, 1, block([['x', 'y']])),
    ]),
    'host in place of :authority': headers(1, getFields({ ':authority': null }, [['host', 'localhost']])),
    'te: trailers': field('te', 'trailers'),
    'POST with its length': length(`${ORDER.length}`),
    'POST in single bytes, with empty frames between': post(
      [],
      ...[...ORDER].flatMap((byte) => [data(1, byte, 0)]),
      data(1, '', 0),
      data(1, ''),
    ),
    'a first stream of number 3, as some clients count': headers(3, getFields()),
  }),
];
