import {
  constants,
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  publicEncrypt,
  X509Certificate,
} from 'node:crypto';
import { ByteReader } from './byte-reader.ts';
import { MalformedFlight } from './malformed-flight.ts';
import type { Tls12Suite } from './tls12-suites.ts';
import { uint16, vector8, vector16 } from './vectors.ts';

export interface ExchangeOptions {
  readonly suite: Tls12Suite;
  /** That the ClientHello offered. */
  readonly version: number;
  /** Body of the ServerKeyExchange; null where there was none. */
  readonly server_key_exchange: Buffer | null;
  /** DER. */
  readonly leaf: Buffer | null;
  readonly random: (size_bytes: number) => Buffer;
}

export interface Exchanged {
  readonly premaster: Buffer;
  /** Body of the ClientKeyExchange. */
  readonly client_key_exchange: Buffer;
}

/**
 * The client's part of a key exchange (RFC 5246 section 7.4.7, RFC 8422 section 5.7). Who signed the server's part is not
 * looked at: nothing is entrusted to the connection.
 *
 * @throws MalformedFlight, Truncated
 */
export function exchangeKeys(options: ExchangeOptions): Exchanged {
  try {
    const { suite, server_key_exchange } = options;
    if (suite.exchange === 'rsa') return rsa(options);
    if (server_key_exchange === null) throw new MalformedFlight('no_key_exchange');
    const reader = new ByteReader(server_key_exchange);
    return suite.exchange === 'ecdhe' ? ecdhe(reader, options) : dhe(reader, options);
  } catch (error) {
    // What a stranger sends as a key or a point may be none.
    throw error instanceof MalformedFlight ? error : new MalformedFlight('key_exchange');
  }
}

function rsa({ version, leaf, random }: ExchangeOptions): Exchanged {
  if (leaf === null) throw new MalformedFlight('no_certificate');
  const premaster = Buffer.concat([uint16(version), random(46)]);
  const key = new X509Certificate(leaf).publicKey;
  const encrypted = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, premaster);
  return { premaster, client_key_exchange: vector16(encrypted) };
}

/** Groups an offer to `exchangeKeys` may name: x25519, secp256r1, secp384r1. */
export const TLS12_GROUPS: readonly number[] = [0x001d, 0x0017, 0x0018];

const CURVES: ReadonlyMap<number, { readonly name: string; readonly private_bytes: number }> = new Map([
  [0x0017, { name: 'prime256v1', private_bytes: 32 }],
  [0x0018, { name: 'secp384r1', private_bytes: 48 }],
]);

function ecdhe(reader: ByteReader, { random }: ExchangeOptions): Exchanged {
  if (reader.uint8() !== 3) throw new MalformedFlight('curve_type');
  const group = reader.uint16();
  const theirs = reader.vector8().rest();
  if (group === 0x001d) return x25519(theirs, random(32));
  const curve = CURVES.get(group);
  if (curve === undefined) throw new MalformedFlight('group');
  const ecdh = createECDH(curve.name);
  ecdh.setPrivateKey(random(curve.private_bytes));
  return { premaster: ecdh.computeSecret(theirs), client_key_exchange: vector8(ecdh.getPublicKey()) };
}

/** RFC 8410 section 7, and section 4: what stands before a bare key. */
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');

function x25519(theirs: Buffer, secret: Buffer): Exchanged {
  const privateKey = createPrivateKey({ key: Buffer.concat([X25519_PKCS8, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey({ key: Buffer.concat([X25519_SPKI, theirs]), format: 'der', type: 'spki' });
  const ours = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(X25519_SPKI.length);
  return { premaster: diffieHellman({ privateKey, publicKey }), client_key_exchange: vector8(ours) };
}

/** 8,192 bits: what takes longer to compute is asked of nobody. */
const MAX_PRIME_BYTES = 1_024;
const EXPONENT_BYTES = 32;

function dhe(reader: ByteReader, { random }: ExchangeOptions): Exchanged {
  const [prime, generator, theirs] = [reader.vector16(), reader.vector16(), reader.vector16()].map((part) =>
    part.rest(),
  );
  if (prime === undefined || generator === undefined || theirs === undefined) throw new MalformedFlight('length');
  if (Math.max(prime.length, generator.length, theirs.length) > MAX_PRIME_BYTES) throw new MalformedFlight('prime');
  const modulus = numberOf(prime);
  if (modulus < 3n) throw new MalformedFlight('prime');
  const exponent = numberOf(random(EXPONENT_BYTES));
  const ours = power(numberOf(generator), exponent, modulus);
  // RFC 5246 section 8.1.2: without leading zeros.
  return {
    premaster: bytesOf(power(numberOf(theirs), exponent, modulus)),
    client_key_exchange: vector16(bytesOf(ours)),
  };
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x0${bytes.toString('hex')}`);
}

function bytesOf(number: bigint): Buffer {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
