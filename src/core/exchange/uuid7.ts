/**
 * UUID version 7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random bits, so that ids sort by
 * time and cannot be guessed. Time and randomness come in as arguments.
 */

/** Fills the buffer with random bytes; `crypto.randomFillSync` in production. */
export type FillRandom = (buffer: Buffer) => void;

const POOL_BYTES = 4096;
const RANDOM_BYTES = 10;

export interface IdSource {
  /** A new UUIDv7 in its 36-character text form. */
  uuid7(): string;
  /** `bytes` random bytes as lower hex, at most 64. */
  hex(bytes: number): string;
}

/** Random bytes are drawn for many ids at once: one draw per id would be the dearest part of making it. */
export function createIdSource(now: () => number, fill: FillRandom): IdSource {
  const pool = Buffer.alloc(POOL_BYTES);
  let next = pool.length;

  function take(bytes: number): number {
    if (next + bytes > pool.length) {
      fill(pool);
      next = 0;
    }
    const at = next;
    next += bytes;
    return at;
  }

  return {
    uuid7() {
      const time = Math.trunc(now()).toString(16).padStart(12, '0');
      const at = take(RANDOM_BYTES);
      // Section 5.7: the version nibble is 7, the two variant bits are 10.
      pool[at] = (pool[at]! & 0x0f) | 0x70;
      pool[at + 2] = (pool[at + 2]! & 0x3f) | 0x80;
      const random = pool.toString('hex', at, at + RANDOM_BYTES);
      return `${time.slice(0, 8)}-${time.slice(8)}-${random.slice(0, 4)}-${random.slice(4, 8)}-${random.slice(8)}`;
    },
    hex(bytes) {
      const at = take(bytes);
      return pool.toString('hex', at, at + bytes);
    },
  };
}
