import { createHash, createHmac } from 'node:crypto';
import type { Tls12Suite } from './tls12-suites.ts';
import { TLS_1_2 } from './versions.ts';

/** `md5-sha1` is what TLS 1.0 and 1.1 have. */
export type PrfHash = 'md5-sha1' | 'sha256' | 'sha384';

export function prfHash(version: number, suite: Tls12Suite): PrfHash {
  return version >= TLS_1_2 ? suite.prf : 'md5-sha1';
}

/** The PRF of RFC 5246 section 5, and of RFC 4346 section 5 for what came before. */
export function prf(hash: PrfHash, secret: Buffer, label: string, seed: Buffer, size_bytes: number): Buffer {
  const labelled = Buffer.concat([Buffer.from(label, 'latin1'), seed]);
  if (hash !== 'md5-sha1') return expand(hash, secret, labelled, size_bytes);
  const half = Math.ceil(secret.length / 2);
  const left = expand('md5', secret.subarray(0, half), labelled, size_bytes);
  const right = expand('sha1', secret.subarray(secret.length - half), labelled, size_bytes);
  return left.map((byte, at) => byte ^ (right[at] as number)) as Buffer;
}

/** P_hash. */
function expand(hash: string, secret: Buffer, seed: Buffer, size_bytes: number): Buffer {
  const hmac = (data: Buffer) => createHmac(hash, secret).update(data).digest();
  const parts: Buffer[] = [];
  let a = hmac(seed);
  for (let made_bytes = 0; made_bytes < size_bytes; made_bytes += a.length) {
    parts.push(hmac(Buffer.concat([a, seed])));
    a = hmac(a);
  }
  return Buffer.concat(parts).subarray(0, size_bytes);
}

/** Hash of the handshake messages so far. */
export function transcriptHash(hash: PrfHash, messages: readonly Buffer[]): Buffer {
  const all = Buffer.concat(messages);
  const digest = (name: string) => createHash(name).update(all).digest();
  return hash === 'md5-sha1' ? Buffer.concat([digest('md5'), digest('sha1')]) : digest(hash);
}
