/** Where a message ends: Content-Length, Transfer-Encoding and chunks (RFC 9112 sections 6 and 7). */
import {
  allowed,
  CHUNKED_ORDER,
  chunked,
  HIDDEN,
  HOST,
  ORDER,
  post,
  refused,
  type WireCase,
  withLength,
} from './wire-case.ts';

const size = (text: string) => text.length.toString(16);

function withCoding(value: string, body = CHUNKED_ORDER): string {
  return post(`Transfer-Encoding:${value}\r\n`, body);
}

/** A chunked body whose first chunk-size line is this. */
function firstLine(line: string): string {
  return chunked(`${line}${ORDER}\r\n0\r\n\r\n`);
}

const TWO_WAYS = {
  'CL.TE: a length, then chunked': post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${HIDDEN}`),
  'TE.CL: chunked, then a length': post(
    'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n',
    `${size(HIDDEN)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
  ),
  'CL.TE with a length of zero': post('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${HIDDEN}`),
  'TE.TE: chunked, then identity, in two fields': post(
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n',
    `0\r\n\r\n${HIDDEN}`,
  ),
  'TE.TE: chunked in two fields': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', CHUNKED_ORDER),
};

const CODINGS = {
  'a coding before chunked': withCoding(' gzip, chunked'),
  'a coding after chunked': withCoding(' chunked, identity', `0\r\n\r\n${HIDDEN}`),
  'chunked twice in one field': withCoding(' chunked, chunked'),
  'an unknown coding': withCoding(' xchunked'),
  'the coding identity': withCoding(' identity', `0\r\n\r\n${HIDDEN}`),
  'a quoted coding': withCoding(' "chunked"'),
  'a coding with a parameter': withCoding(' chunked;q=1'),
  'a comma before the coding': withCoding(' ,chunked'),
  'an empty coding': withCoding('', HIDDEN),
  'a coding with a byte above ASCII before it': withCoding(' \xffchunked'),
  'a coding with a tab after it': withCoding(' chunked\t'),
};

const LENGTHS = {
  'two different lengths': post(`Content-Length: 5\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
  'two equal lengths': post(`Content-Length: ${ORDER.length}\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
  'a list of equal lengths': withLength(`${ORDER.length}, ${ORDER.length}`),
  'a list of different lengths': withLength(`0, ${ORDER.length}`),
  'a length with a plus sign': withLength(`+${ORDER.length}`),
  'a negative length': withLength('-1'),
  'a hexadecimal length': withLength('0x1c'),
  'a length with a leading zero': withLength(`0${ORDER.length}`),
  'a length with a space inside': withLength('2 8'),
  'a length with a fraction': withLength(`${ORDER.length}.0`),
  'an empty length': withLength(''),
  'a length over 2^64': withLength('18446744073709551644'),
};

const CHUNK_SIZES = {
  'a chunk size over 2^64': firstLine('1000000000000001c\r\n'),
  'a chunk size with a sign': firstLine('+1c\r\n'),
  'a negative chunk size': firstLine('-1\r\n'),
  'a chunk size with 0x': firstLine('0x1c\r\n'),
  'a chunk size with an underscore': firstLine('1_c\r\n'),
  'a chunk size with a space before it': firstLine(' 1c\r\n'),
  'a chunk size with a space after it': firstLine('1c \r\n'),
  'an empty chunk size': firstLine('\r\n'),
  'trailer fields': chunked(`1c\r\n${ORDER}\r\n0\r\nX-After: 1\r\n\r\n`),
  'a trailer that states a length': chunked('0\r\nContent-Length: 99\r\n\r\n', 'Trailer: Content-Length\r\n'),
};

const CHUNK_LINES = {
  'a bare LF after a chunk size': firstLine('1c\n'),
  'a bare CR after a chunk size': firstLine('1c\rX'),
  'a bare LF after a chunk': chunked(`1c\r\n${ORDER}\n0\r\n\r\n`),
  'a bare LF after the last chunk': chunked(`1c\r\n${ORDER}\r\n0\n\n`),
  'a chunk longer than its size': chunked(`5\r\n${ORDER}\r\n0\r\n\r\n`),
  'a chunk extension that ends in a bare LF': firstLine('1c;a\n'),
  'a line break quoted in a chunk extension': firstLine('1c;a="\r\n"\r\n'),
  'a chunk extension of 32 KiB': firstLine(`1c;${'a'.repeat(32_768)}\r\n`),
};

const DISGUISED = {
  'a space before the colon of Transfer-Encoding': post('Transfer-Encoding : chunked\r\n', CHUNKED_ORDER),
  'a tab before the colon of Transfer-Encoding': post('Transfer-Encoding\t: chunked\r\n', CHUNKED_ORDER),
  'a space before the colon of Content-Length': post(`Content-Length : ${ORDER.length}\r\n`, ORDER),
  'a vertical tab before chunked': withCoding('\x0bchunked'),
  'NUL after chunked': withCoding(' chunked\0'),
  'DEL after chunked': withCoding(' chunked\x7f'),
  'chunked on a folded line': withCoding('\r\n chunked'),
  'Transfer-Encoding on a folded line': post('X: a\r\n Transfer-Encoding: chunked\r\n', CHUNKED_ORDER),
  'Transfer-Encoding behind a bare CR': post('X: a\rTransfer-Encoding: chunked\r\n', CHUNKED_ORDER),
  'Transfer-Encoding behind a bare LF': post('X: a\nTransfer-Encoding: chunked\r\n', CHUNKED_ORDER),
  'a first field that begins with a space': `POST /api/orders HTTP/1.1\r\n Transfer-Encoding: chunked\r\n${HOST}\r\n${CHUNKED_ORDER}`,
};

export const FRAMING: readonly WireCase[] = [
  ...refused('ADMIT_FRAMING', { ...TWO_WAYS, ...CODINGS, ...LENGTHS, ...CHUNK_SIZES }),
  ...refused('ADMIT_PARSE', { ...CHUNK_LINES, ...DISGUISED }),
  ...refused('ADMIT_FIELD', {
    'Content_Length beside Content-Length': post(`Content_Length: 0\r\nContent-Length: ${ORDER.length}\r\n`, ORDER),
    'Transfer_Encoding beside Content-Length': post(
      `Transfer_Encoding: chunked\r\nContent-Length: ${ORDER.length}\r\n`,
      ORDER,
    ),
  }),
  ...refused('ADMIT_BODY_LATE', {
    'a length that is too long': withLength('100'),
    'a last chunk that never comes': chunked(`1c\r\n${ORDER}\r\n`),
  }),
  ...refused('VALIDATE_BODY_UNEXPECTED', {
    'a request hidden in the body of a GET': `GET /api/orders HTTP/1.1\r\n${HOST}Content-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
    'an empty chunked body of a GET': `GET /api/orders HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  }),
  // The first reads the ten bytes that were declared, and they are no JSON; what is left is no request.
  { name: 'a length that is too short', send: withLength('10'), outcomes: ['VALIDATE_JSON', 'ADMIT_PARSE'] },
  ...allowed({
    'a chunked body': chunked(CHUNKED_ORDER),
    'a chunked body in many chunks': chunked(`${[...ORDER].map((byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`),
    // RFC 9112 section 7.1.1: an extension that is not understood is ignored. What goes on has a length of its own.
    'a chunk extension': firstLine('1c;a=b\r\n'),
    'a body that comes in two pieces': [withLength(`${ORDER.length}`, ORDER.slice(0, 5)), ORDER.slice(5)],
  }),
];
