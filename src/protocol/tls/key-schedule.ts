import { createHash, createHmac } from 'node:crypto';

/** Hashes of the suites of TLS 1.3. */
export type HashName = 'sha256' | 'sha384';

export const HASH_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48 };

/** The hash of all parts, one after the other. */
export function hashOf(hash: HashName, parts: readonly Buffer[]): Buffer {
  const state = createHash(hash);
  for (const part of parts) state.update(part);
  return state.digest();
}

export function hmac(hash: HashName, key: Buffer, bytes: Buffer): Buffer {
  return createHmac(hash, key).update(bytes).digest();
}

/** HKDF-Extract (RFC 5869 section 2.2). */
export function extract(hash: HashName, salt: Buffer, key: Buffer): Buffer {
  return hmac(hash, salt, key);
}

/** HKDF-Expand-Label (RFC 8446 section 7.1). */
export function expandLabel(
  hash: HashName,
  secret: Buffer,
  label: string,
  context: Buffer,
  size_bytes: number,
): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.concat([
    Buffer.of(size_bytes >> 8, size_bytes & 0xff, name.length),
    name,
    Buffer.of(context.length),
    context,
  ]);
  let block: Buffer = Buffer.alloc(0);
  let out: Buffer = Buffer.alloc(0);
  for (let counter = 1; out.length < size_bytes; counter++) {
    block = hmac(hash, secret, Buffer.concat([block, info, Buffer.of(counter)]));
    out = Buffer.concat([out, block]);
  }
  return out.subarray(0, size_bytes);
}

/** Derive-Secret (RFC 8446 section 7.1), of the hash of the messages so far. */
export function deriveSecret(hash: HashName, secret: Buffer, label: string, transcript_hash: Buffer): Buffer {
  return expandLabel(hash, secret, label, transcript_hash, HASH_BYTES[hash]);
}

/** The secret that the next stage of the schedule begins with. */
function nextStage(hash: HashName, secret: Buffer, input: Buffer): Buffer {
  return extract(hash, deriveSecret(hash, secret, 'derived', hashOf(hash, [])), input);
}

/** The secrets of RFC 8446 section 7.1, each from the one before. */
export function earlySecret(hash: HashName, psk: Buffer | null): Buffer {
  const nothing = Buffer.alloc(HASH_BYTES[hash]);
  return extract(hash, nothing, psk ?? nothing);
}

export function handshakeSecret(hash: HashName, early: Buffer, shared: Buffer): Buffer {
  return nextStage(hash, early, shared);
}

export function masterSecret(hash: HashName, handshake: Buffer): Buffer {
  return nextStage(hash, handshake, Buffer.alloc(HASH_BYTES[hash]));
}

/** What a Finished message, or a binder, holds (RFC 8446 section 4.4.4). */
export function finishedMac(hash: HashName, base_key: Buffer, transcript_hash: Buffer): Buffer {
  return hmac(hash, expandLabel(hash, base_key, 'finished', Buffer.alloc(0), HASH_BYTES[hash]), transcript_hash);
}
