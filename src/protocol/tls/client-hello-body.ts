import { ByteReader } from './byte-reader.ts';

/** A ClientHello as sent, GREASE values included; ids are IANA's 16-bit values. */
export interface ClientHello {
  /** 0x0303 for TLS 1.2 and 1.3. */
  readonly legacy_version: number;
  /** supported_versions in the order sent; empty where the extension is absent (TLS 1.2 and older). */
  readonly versions: readonly number[];
  readonly cipher_suites: readonly number[];
  /** Extension types in the order sent. */
  readonly extensions: readonly number[];
  readonly groups: readonly number[];
  readonly key_share_groups: readonly number[];
  readonly signature_algorithms: readonly number[];
  /** Protocol names as Latin-1 text, one character a byte. */
  readonly alpn: readonly string[];
  /** Host name of SNI as sent: printable ASCII, case kept. */
  readonly server_name?: string;
  /** The client offers a pre-shared key: it asks to resume a session. */
  readonly psk: boolean;
}

/** Why a hello is not one; the message is a word of ours. Never leaves `parseClientHello`. */
export class MalformedHello extends Error {}

/**
 * Most entries of any list, of extensions too; real clients send up to 60, tools that try everything about 200. They
 * are kept for as long as the connection, so what a stranger writes there is bounded.
 */
export const MAX_LIST = 256;

type MutableHello = { -readonly [K in keyof ClientHello]: ClientHello[K] };

type ExtensionReader = (hello: MutableHello, body: ByteReader) => void;

/** Section numbers are RFC 8446's where no other is named. */
const EXTENSION_READERS: ReadonlyMap<number, ExtensionReader> = new Map<number, ExtensionReader>([
  [0x0000, readServerName],
  [0x000a, readGroups],
  [0x000d, readSignatureAlgorithms],
  [0x0010, readAlpn],
  [0x0029, readPreSharedKey],
  [0x002b, readVersions],
  [0x0033, readKeyShares],
]);

/**
 * Reads the body of a ClientHello (RFC 8446 section 4.1.2; the same shape since TLS 1.0).
 *
 * @param body the handshake message without its four-byte header
 * @throws MalformedHello, Truncated
 */
export function readBody(body: Buffer): ClientHello {
  const reader = new ByteReader(body);
  const legacy_version = reader.uint16();
  reader.take(32); // random
  if (reader.vector8().rest().length > 32) throw new MalformedHello('session_id');
  const cipher_suites = readValues(reader.vector16());
  if (cipher_suites.length === 0) throw new MalformedHello('cipher_suites');
  if (reader.vector8().done) throw new MalformedHello('compression_methods');
  const hello: MutableHello = {
    legacy_version,
    versions: [],
    cipher_suites,
    extensions: [],
    groups: [],
    key_share_groups: [],
    signature_algorithms: [],
    alpn: [],
    psk: false,
  };
  if (!reader.done) hello.extensions = readExtensions(hello, reader.vector16());
  if (!reader.done) throw new MalformedHello('trailing');
  return hello;
}

function readExtensions(hello: MutableHello, list: ByteReader): number[] {
  const seen = new Set<number>();
  while (!list.done) {
    const type = list.uint16();
    const body = list.vector16();
    // Section 4.2: no more than one extension of a type. Also for unknown ones: two readers could differ.
    if (seen.has(type)) throw new MalformedHello('extension_repeated');
    seen.add(type);
    if (seen.size > MAX_LIST) throw new MalformedHello('list_length');
    const read = EXTENSION_READERS.get(type);
    if (!read) continue;
    read(hello, body);
    if (!body.done) throw new MalformedHello('extension_trailing');
  }
  return [...seen];
}

function readValues(list: ByteReader): number[] {
  const values = list.uint16s();
  if (values.length > MAX_LIST) throw new MalformedHello('list_length');
  return values;
}

/** RFC 6066 section 3: a list of names, at most one of each type; host_name is the only type ever defined. */
function readServerName(hello: MutableHello, body: ByteReader): void {
  const list = body.vector16();
  const type = list.uint8();
  const name = list.vector16().rest().toString('latin1');
  if (!list.done || type !== 0) throw new MalformedHello('server_name');
  if (!/^[\x21-\x7e]{1,255}$/.test(name)) throw new MalformedHello('server_name');
  hello.server_name = name;
}

/** RFC 7301 section 3.1: names are 1 to 255 bytes. */
function readAlpn(hello: MutableHello, body: ByteReader): void {
  const list = body.vector16();
  const names: string[] = [];
  while (!list.done) {
    const name = list.vector8().rest();
    if (name.length === 0) throw new MalformedHello('alpn');
    names.push(name.toString('latin1'));
    if (names.length > MAX_LIST) throw new MalformedHello('list_length');
  }
  hello.alpn = names;
}

/** Section 4.2.8: the client's shares; an empty list asks for a HelloRetryRequest. */
function readKeyShares(hello: MutableHello, body: ByteReader): void {
  const list = body.vector16();
  const groups: number[] = [];
  while (!list.done) {
    groups.push(list.uint16());
    if (groups.length > MAX_LIST) throw new MalformedHello('list_length');
    list.vector16();
  }
  hello.key_share_groups = groups;
}

/** Section 4.2.7. */
function readGroups(hello: MutableHello, body: ByteReader): void {
  hello.groups = readValues(body.vector16());
}

/** Section 4.2.3. */
function readSignatureAlgorithms(hello: MutableHello, body: ByteReader): void {
  hello.signature_algorithms = readValues(body.vector16());
}

/** Section 4.2.1. */
function readVersions(hello: MutableHello, body: ByteReader): void {
  hello.versions = readValues(body.vector8());
}

/** Section 4.2.11: that it is offered is enough; identities and binders are the TLS library's. */
function readPreSharedKey(hello: MutableHello, body: ByteReader): void {
  hello.psk = true;
  body.rest();
}
