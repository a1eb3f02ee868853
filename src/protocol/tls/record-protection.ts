import { type CipherGCMTypes, createCipheriv, createDecipheriv } from 'node:crypto';
import { expandLabel, type HashName } from './key-schedule.ts';
import { MalformedFlight } from './malformed-flight.ts';

interface Protection {
  readonly hash: HashName;
  readonly cipher: CipherGCMTypes;
  readonly key_bytes: number;
  readonly tag_bytes: number;
}

const SUITES: ReadonlyMap<number, Protection> = new Map(
  (
    [
      [0x1301, 'sha256', 'aes-128-gcm', 16, 16],
      [0x1302, 'sha384', 'aes-256-gcm', 32, 16],
      [0x1303, 'sha256', 'chacha20-poly1305', 32, 16],
      [0x1304, 'sha256', 'aes-128-ccm', 16, 16],
      [0x1305, 'sha256', 'aes-128-ccm', 16, 8],
    ] as const
  ).map(([id, hash, cipher, key_bytes, tag_bytes]) => [
    id,
    { hash, cipher: cipher as CipherGCMTypes, key_bytes, tag_bytes },
  ]),
);

/** The hash of a suite of TLS 1.3, or null for one that cannot be spoken here. */
export function suiteHash(cipher_suite: number): HashName | null {
  return SUITES.get(cipher_suite)?.hash ?? null;
}

export const APPLICATION_DATA = 23;
const NONCE_BYTES = 12;
const HEADER_BYTES = 5;

/** One direction of a connection under one traffic secret (RFC 8446 sections 5.2 to 5.4 and 7.3). */
export class RecordProtection {
  readonly #suite: Protection;
  readonly #key: Buffer;
  readonly #iv: Buffer;
  #sequence = 0;

  /** @param cipher_suite one that `suiteHash` knows */
  constructor(cipher_suite: number, secret: Buffer) {
    const suite = SUITES.get(cipher_suite);
    if (suite === undefined) throw new RangeError('suite');
    this.#suite = suite;
    this.#key = expandLabel(suite.hash, secret, 'key', Buffer.alloc(0), suite.key_bytes);
    this.#iv = expandLabel(suite.hash, secret, 'iv', Buffer.alloc(0), NONCE_BYTES);
  }

  /** @returns the whole record that carries the content */
  seal(type: number, content: Buffer): Buffer {
    const { cipher, tag_bytes } = this.#suite;
    const inner = Buffer.concat([content, Buffer.of(type)]);
    const length = inner.length + tag_bytes;
    const header = Buffer.of(APPLICATION_DATA, 3, 3, length >> 8, length & 0xff);
    const state = createCipheriv(cipher, this.#key, this.#nonce(), { authTagLength: tag_bytes });
    state.setAAD(header, { plaintextLength: inner.length });
    const sealed = Buffer.concat([state.update(inner), state.final()]);
    return Buffer.concat([header, sealed, state.getAuthTag()]);
  }

  /**
   * @param record whole, of the type application_data
   * @throws MalformedFlight where it was not sealed with this key, or holds nothing
   */
  open(record: Buffer): { readonly type: number; readonly content: Buffer } {
    const inner = this.#decrypt(record.subarray(0, HEADER_BYTES), record.subarray(HEADER_BYTES));
    // What follows the type is padding.
    let end = inner.length;
    while (end > 0 && inner[end - 1] === 0) end--;
    if (end === 0) throw new MalformedFlight('padding');
    return { type: inner[end - 1] as number, content: inner.subarray(0, end - 1) };
  }

  #decrypt(header: Buffer, sealed: Buffer): Buffer {
    const { cipher, tag_bytes } = this.#suite;
    if (sealed.length <= tag_bytes) throw new MalformedFlight('record_length');
    const body = sealed.subarray(0, sealed.length - tag_bytes);
    try {
      const state = createDecipheriv(cipher, this.#key, this.#nonce(), { authTagLength: tag_bytes });
      state.setAuthTag(sealed.subarray(body.length));
      state.setAAD(header, { plaintextLength: body.length });
      return Buffer.concat([state.update(body), state.final()]);
    } catch {
      throw new MalformedFlight('record_protection');
    }
  }

  /** Fewer records than that are ever read or written, so the upper half stays zero. */
  #nonce(): Buffer {
    const nonce = Buffer.from(this.#iv);
    nonce.writeUInt32BE((nonce.readUInt32BE(NONCE_BYTES - 4) ^ this.#sequence) >>> 0, NONCE_BYTES - 4);
    this.#sequence++;
    return nonce;
  }
}
