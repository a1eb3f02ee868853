/** The two messages of SSL 2.0 that tell whether a server speaks it. Nothing of it is encrypted, decrypted or trusted here. */
import { ByteReader, Truncated } from './byte-reader.ts';
import { MalformedFlight } from './malformed-flight.ts';
import { uint16 } from './vectors.ts';

/** SSL_CK_RC4_128_WITH_MD5 to SSL_CK_DES_192_EDE3_CBC_WITH_MD5: every cipher kind there was. */
const CIPHER_KINDS: readonly number[] = [0x010080, 0x020080, 0x030080, 0x040080, 0x050080, 0x060040, 0x0700c0];

const CLIENT_HELLO = 1;
const SERVER_HELLO = 4;
const SSL_2_0 = 0x0002;
const CHALLENGE_BYTES = 16;
/** The longest record without padding. */
const MAX_BYTES = 32_767 + 2;
const MAX_CIPHER_KINDS = 64;

/** A CLIENT-HELLO with every cipher kind, as one record. @param challenge 16 bytes */
export function buildSsl2ClientHello(challenge: Buffer): Buffer {
  if (challenge.length !== CHALLENGE_BYTES) throw new RangeError('challenge');
  const kinds = Buffer.concat(CIPHER_KINDS.map(uint24));
  const lengths = [kinds.length, 0, challenge.length].map(uint16);
  const message = Buffer.concat([Buffer.of(CLIENT_HELLO), uint16(SSL_2_0), ...lengths, kinds, challenge]);
  return Buffer.concat([uint16(0x8000 | message.length), message]);
}

export interface Ssl2ServerHello {
  /** Three bytes each; empty where the server has none in common, and some let a client use one all the same (CVE-2015-3197). */
  readonly cipher_kinds: readonly number[];
  /** X.509, DER. */
  readonly certificate: Buffer;
}

/** Reads what a server answers to a CLIENT-HELLO, as it arrives: 32 KiB at most. */
export class Ssl2Reader {
  #bytes = Buffer.alloc(0);

  /**
   * @returns null while there is more to come
   * @throws MalformedFlight where it is no SERVER-HELLO, an ERROR among others
   */
  push(chunk: Buffer): Ssl2ServerHello | null {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(0, MAX_BYTES + 1);
    const [first] = this.#bytes;
    if (first === undefined) return null;
    const header_bytes = (first & 0x80) === 0 ? 3 : 2;
    if (this.#bytes.length <= header_bytes) return null;
    if (this.#bytes[header_bytes] !== SERVER_HELLO) throw new MalformedFlight('not_ssl2');
    const length = this.#bytes.readUInt16BE(0) & (header_bytes === 2 ? 0x7fff : 0x3fff);
    const padding = header_bytes === 2 ? 0 : (this.#bytes[2] as number);
    if (padding >= length) throw new MalformedFlight('record_length');
    if (this.#bytes.length < header_bytes + length) return null;
    return readServerHello(this.#bytes.subarray(header_bytes, header_bytes + length - padding));
  }
}

function readServerHello(message: Buffer): Ssl2ServerHello {
  try {
    const reader = new ByteReader(message);
    reader.take(3); // type, session_id_hit, certificate_type
    if (reader.uint16() !== SSL_2_0) throw new MalformedFlight('version');
    const [certificate_bytes, kinds_bytes, connection_id_bytes] = [reader.uint16(), reader.uint16(), reader.uint16()];
    const certificate = Buffer.from(reader.take(certificate_bytes));
    const kinds = new ByteReader(reader.take(kinds_bytes));
    reader.take(connection_id_bytes);
    if (!reader.done) throw new MalformedFlight('trailing');
    return { certificate, cipher_kinds: readKinds(kinds) };
  } catch (error) {
    throw error instanceof Truncated ? new MalformedFlight('length') : error;
  }
}

function readKinds(list: ByteReader): number[] {
  const kinds: number[] = [];
  while (!list.done) {
    kinds.push(list.uint24());
    if (kinds.length > MAX_CIPHER_KINDS) throw new MalformedFlight('cipher_kinds');
  }
  return kinds;
}

function uint24(value: number): Buffer {
  return Buffer.of(value >> 16, (value >> 8) & 0xff, value & 0xff);
}
