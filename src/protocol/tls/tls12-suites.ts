import { cipherSuite } from './cipher-suites.ts';

/** How records of a cipher suite before TLS 1.3 are protected, and what its secrets are made with. */
export interface Tls12Suite {
  readonly exchange: 'ecdhe' | 'dhe' | 'rsa';
  readonly mode: 'gcm' | 'chacha20' | 'cbc';
  /** As OpenSSL names it. */
  readonly cipher: string;
  readonly key_bytes: number;
  /** Of the key block: what is fixed of the nonce, or the first IV of CBC in TLS 1.0. */
  readonly iv_bytes: number;
  /** Of the HMAC of CBC; null for an AEAD. */
  readonly mac: 'sha1' | 'sha256' | 'sha384' | null;
  /** Of the PRF in TLS 1.2 (RFC 5246 section 5, RFC 5288 section 3). */
  readonly prf: 'sha256' | 'sha384';
}

const NAME =
  /^TLS_(?:(ECDHE|DHE)_(?:RSA|ECDSA|DSS)|RSA)_WITH_(AES_(128|256)_(GCM|CBC)|CHACHA20_POLY1305)_SHA(256|384)?$/;

/** @returns null for a suite that no handshake is finished with here */
export function tls12Suite(id: number): Tls12Suite | null {
  const [match, exchange, bulk, bits, mode, hash] = NAME.exec(cipherSuite(id)?.name ?? '') ?? [];
  if (match === undefined) return null;
  const kind = exchange === 'ECDHE' ? 'ecdhe' : exchange === 'DHE' ? 'dhe' : 'rsa';
  const prf = hash === '384' ? 'sha384' : 'sha256';
  if (bulk === 'CHACHA20_POLY1305') {
    return {
      exchange: kind,
      mode: 'chacha20',
      cipher: 'chacha20-poly1305',
      key_bytes: 32,
      iv_bytes: 12,
      mac: null,
      prf,
    };
  }
  const key_bytes = Number(bits) / 8;
  if (mode === 'GCM') {
    return { exchange: kind, mode: 'gcm', cipher: `aes-${bits}-gcm`, key_bytes, iv_bytes: 4, mac: null, prf };
  }
  const mac = hash === undefined ? 'sha1' : prf;
  return { exchange: kind, mode: 'cbc', cipher: `aes-${bits}-cbc`, key_bytes, iv_bytes: 16, mac, prf };
}
