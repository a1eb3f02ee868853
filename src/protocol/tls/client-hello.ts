import { Truncated } from './byte-reader.ts';
import { type ClientHello, MalformedHello, readBody } from './client-hello-body.ts';

export type { ClientHello } from './client-hello-body.ts';

/**
 * What the first bytes of a connection are.
 *
 * - `incomplete`: a valid beginning; call again with all bytes received so far.
 * - `not-tls`: not a TLS handshake record that begins with a ClientHello (SSLv2, plain HTTP, ...).
 * - `malformed`: TLS by its first bytes, but broken or over a bound. `reason` is a word of ours.
 */
export type ClientHelloResult =
  | { readonly state: 'incomplete' }
  | { readonly state: 'not-tls' }
  | { readonly state: 'malformed'; readonly reason: string }
  | { readonly state: 'complete'; readonly hello: ClientHello };

/** Most bytes of ClientHello that are put together; real ones are 200 to 2,000. */
export const MAX_HELLO_BYTES = 32_768;
/** Most records a ClientHello may be spread over. */
export const MAX_HELLO_RECORDS = 64;
/** Most bytes a reader has to hold before the answer is no longer `incomplete`. */
export const MAX_PEEK_BYTES = MAX_HELLO_BYTES + MAX_HELLO_RECORDS * 5;

const RECORD_HANDSHAKE = 22;
const MESSAGE_CLIENT_HELLO = 1;
const MAX_RECORD_BYTES = 16_384;

const UNKNOWN_LENGTH = Number.POSITIVE_INFINITY;

const INCOMPLETE: ClientHelloResult = { state: 'incomplete' };
const NOT_TLS: ClientHelloResult = { state: 'not-tls' };

/**
 * Reads the ClientHello at the start of a connection without consuming it (RFC 8446 sections 4.1.2 and 5.1).
 *
 * @param bytes everything received so far, from the first byte of the connection
 * @returns never throws; the work is linear in `bytes` and bounded by `MAX_PEEK_BYTES`
 */
export function parseClientHello(bytes: Buffer): ClientHelloResult {
  const opening = checkOpening(bytes);
  if (opening) return opening;
  const message = gatherMessage(bytes);
  if (!Buffer.isBuffer(message)) return message;
  try {
    return { state: 'complete', hello: readBody(message) };
  } catch (error) {
    if (error instanceof MalformedHello) return malformed(error.message);
    if (error instanceof Truncated) return malformed('length');
    return malformed('unreadable');
  }
}

/** The bytes that tell TLS from anything else: handshake record, major version 3, ClientHello. */
function checkOpening(bytes: Buffer): ClientHelloResult | null {
  if (bytes.length > 0 && bytes[0] !== RECORD_HANDSHAKE) return NOT_TLS;
  if (bytes.length > 1 && bytes[1] !== 3) return NOT_TLS;
  if (bytes.length > 5 && bytes[5] !== MESSAGE_CLIENT_HELLO) return NOT_TLS;
  return bytes.length < 6 ? INCOMPLETE : null;
}

/**
 * Joins the fragments of the first handshake message (section 5.1: a message may be spread over records, no
 * other record type may stand between, and a handshake fragment is never empty).
 */
function gatherMessage(bytes: Buffer): Buffer | ClientHelloResult {
  const fragments: Buffer[] = [];
  let have_bytes = 0;
  let want_bytes = UNKNOWN_LENGTH;
  let at = 0;
  while (have_bytes < want_bytes) {
    if (fragments.length === MAX_HELLO_RECORDS) return malformed('fragments');
    if (bytes.length > at && bytes[at] !== RECORD_HANDSHAKE) return malformed('interleaved');
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return malformed('record_version');
    if (bytes.length < at + 5) return INCOMPLETE;
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > MAX_RECORD_BYTES) return malformed('record_length');
    const fragment = bytes.subarray(at + 5, at + 5 + length);
    fragments.push(fragment);
    have_bytes += fragment.length;
    if (want_bytes === UNKNOWN_LENGTH) want_bytes = messageLength(fragments, have_bytes);
    if (want_bytes !== UNKNOWN_LENGTH && want_bytes > MAX_HELLO_BYTES) return malformed('too_large');
    if (fragment.length < length) return INCOMPLETE;
    at += 5 + length;
  }
  // Nothing may follow in the same record: a client has no second message to send before the server answers.
  const joined = fragments.length === 1 && fragments[0] ? fragments[0] : Buffer.concat(fragments);
  return joined.length > want_bytes ? malformed('trailing') : joined.subarray(4);
}

/** Length of header and body once four bytes are there, else unknown. */
function messageLength(fragments: Buffer[], have_bytes: number): number {
  if (have_bytes < 4) return UNKNOWN_LENGTH;
  const head = Buffer.concat(fragments);
  return 4 + head.readUIntBE(1, 3);
}

function malformed(reason: string): ClientHelloResult {
  return { state: 'malformed', reason };
}
