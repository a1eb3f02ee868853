/**
 * FNV-1a over the UTF-8 bytes of a name: what the parser computes while it scans a key, so that looking a
 * name up costs no native call. It is not collision-resistant; everyone who uses it compares the bytes and
 * bounds the probing.
 */
export const HASH_SEED = 0x811c9dc5 | 0;
export const HASH_PRIME = 0x01000193;

/** Hash of `bytes[start, end)` as a signed 32-bit integer. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_SEED;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), HASH_PRIME);
  return hash;
}

/** Spreads the high bits, which FNV mixes best, into the low bits a table index is cut from. */
export function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask;
}
