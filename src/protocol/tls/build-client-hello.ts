import type { Extension } from './client-extensions.ts';
import { uint16, uint16s, vector8, vector16, vector24 } from './vectors.ts';
import { SSL_3_0, TLS_1_0 } from './versions.ts';

export interface ClientHelloOptions {
  /** The highest version offered to servers that know no supported_versions: at most 0x0303. */
  readonly legacy_version: number;
  /** 32 bytes. */
  readonly random: Buffer;
  /** 0 to 32 bytes. */
  readonly session_id: Buffer;
  readonly cipher_suites: readonly number[];
  /** 0 is null, 1 is DEFLATE (RFC 3749). */
  readonly compression_methods: readonly number[];
  /** In the order they are to be sent. With none the field is left out, as SSL 3.0 has it. */
  readonly extensions: readonly Extension[];
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const MAX_RECORD_BYTES = 16_384;

/**
 * A ClientHello as one record (RFC 8446 sections 4.1.2 and 5.1; RFC 6101 for SSL 3.0). Nothing is added and nothing is
 * checked for sense: whoever asks a server what it takes has to be able to offer anything.
 *
 * @throws RangeError where a list is longer than its field, or the whole than a record
 */
export function buildClientHello(options: ClientHelloOptions): Buffer {
  const { legacy_version, random, session_id, cipher_suites, compression_methods, extensions } = options;
  if (random.length !== 32 || session_id.length > 32) throw new RangeError('random or session_id');
  const body = Buffer.concat([
    uint16(legacy_version),
    random,
    vector8(session_id),
    vector16(uint16s(cipher_suites)),
    vector8(Buffer.from(compression_methods)),
    extensions.length === 0
      ? Buffer.alloc(0)
      : vector16(...extensions.map(({ type, body: content }) => Buffer.concat([uint16(type), vector16(content)]))),
  ]);
  const message = Buffer.concat([Buffer.of(CLIENT_HELLO), vector24(body)]);
  if (message.length > MAX_RECORD_BYTES) throw new RangeError('hello longer than a record');
  // RFC 8446 section 5.1: 0x0301 in the record of a first hello, for old servers.
  const record_version = legacy_version === SSL_3_0 ? SSL_3_0 : TLS_1_0;
  return Buffer.concat([Buffer.of(HANDSHAKE), uint16(record_version), vector16(message)]);
}
