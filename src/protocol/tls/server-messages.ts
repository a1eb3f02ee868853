/** The messages of a server's first flight, each read from its body. */
import { ByteReader } from './byte-reader.ts';
import { cipherSuite } from './cipher-suites.ts';
import { EXTENSION } from './client-extensions.ts';
import { MalformedFlight } from './malformed-flight.ts';
import { TLS_1_3 } from './versions.ts';

export interface ServerHello {
  /** The version that was chosen: of supported_versions where the server sent it. */
  readonly version: number;
  /** 32 bytes. */
  readonly random: Buffer;
  readonly cipher_suite: number;
  readonly compression_method: number;
  /** Types in the order sent. */
  readonly extensions: readonly number[];
  /** A HelloRetryRequest (RFC 8446 section 4.1.4). */
  readonly hello_retry: boolean;
  /** Of key_share; null where there is none. */
  readonly group: number | null;
  /** The server's half of the key agreement; null where there is none. */
  readonly share: Buffer | null;
  /** Signed certificate timestamps (RFC 6962 section 3.3.1); null where there are none. */
  readonly sct_list: Buffer | null;
  /** A session is taken up again (RFC 8446 section 4.2.11). */
  readonly resumed: boolean;
  /** As Latin-1 text, a character a byte; null where none was chosen. */
  readonly alpn: string | null;
}

/** What a ServerKeyExchange says about the strength of the exchange; sizes in bits. */
export type KeyExchange =
  | { readonly kind: 'ecdhe'; readonly group: number }
  | { readonly kind: 'explicit-curve' }
  | { readonly kind: 'dhe'; readonly prime_bits: number }
  | { readonly kind: 'rsa-export'; readonly modulus_bits: number };

export interface CertificateRequest {
  /** Distinguished names of the CAs that are asked for, DER. */
  readonly authorities: readonly Buffer[];
}

/** More extensions than any server has to say; more certificates than any chain has. */
export const MAX_EXTENSIONS = 64;
export const MAX_CERTIFICATES = 100;
const MAX_AUTHORITIES = 4_096;

/** SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3). */
const HELLO_RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

type Found = { -readonly [K in 'version' | 'group' | 'share' | 'alpn' | 'sct_list']: ServerHello[K] };

/** RFC 8446 section 4.1.3; RFC 5246 section 7.4.1.3. @throws MalformedFlight, Truncated */
export function readServerHello(body: Buffer): ServerHello {
  const reader = new ByteReader(body);
  const legacy_version = reader.uint16();
  const random = reader.take(32);
  const hello_retry = random.equals(HELLO_RETRY_RANDOM);
  if (reader.vector8().rest().length > 32) throw new MalformedFlight('session_id');
  const cipher_suite = reader.uint16();
  const compression_method = reader.uint8();
  const found: Found = { version: legacy_version, group: null, share: null, alpn: null, sct_list: null };
  const extensions = reader.done ? [] : readExtensions(reader.vector16(), found, hello_retry);
  if (!reader.done) throw new MalformedFlight('trailing');
  if (found.version >> 8 !== 3) throw new MalformedFlight('version');
  const resumed = extensions.includes(EXTENSION.pre_shared_key);
  return { ...found, random, cipher_suite, compression_method, extensions, hello_retry, resumed };
}

function readExtensions(list: ByteReader, found: Found, hello_retry: boolean): number[] {
  const seen = new Set<number>();
  while (!list.done) {
    const type = list.uint16();
    const body = list.vector16();
    if (seen.has(type)) throw new MalformedFlight('extension_repeated');
    if (seen.add(type).size > MAX_EXTENSIONS) throw new MalformedFlight('extensions');
    if (type === EXTENSION.supported_versions) found.version = readSelectedVersion(body);
    if (type === EXTENSION.key_share) Object.assign(found, readKeyShare(body, hello_retry));
    if (type === EXTENSION.alpn) found.alpn = readAlpn(body);
    if (type === EXTENSION.signed_certificate_timestamp) found.sct_list = body.rest();
  }
  return [...seen];
}

/** RFC 8446 section 4.2.1: never used for a version before TLS 1.3. */
function readSelectedVersion(body: ByteReader): number {
  const version = body.uint16();
  if (!body.done || version < TLS_1_3) throw new MalformedFlight('supported_versions');
  return version;
}

/** RFC 8446 section 4.2.8: the group alone in a HelloRetryRequest, else with a share. */
function readKeyShare(body: ByteReader, hello_retry: boolean): Pick<ServerHello, 'group' | 'share'> {
  const group = body.uint16();
  const share = hello_retry ? null : body.vector16().rest();
  if (!body.done) throw new MalformedFlight('key_share');
  return { group, share };
}

/** RFC 7301 section 3.1: exactly one name. */
export function readAlpn(body: ByteReader): string {
  const list = body.vector16();
  const name = list.vector8().rest();
  if (!list.done || !body.done || name.length === 0) throw new MalformedFlight('alpn');
  return name.toString('latin1');
}

/** RFC 5246 section 7.4.2: the chain as sent, DER. @throws MalformedFlight, Truncated */
export function readCertificates(body: Buffer): Buffer[] {
  const reader = new ByteReader(body);
  const list = reader.vector24();
  if (!reader.done) throw new MalformedFlight('trailing');
  const certificates: Buffer[] = [];
  while (!list.done) {
    certificates.push(list.vector24().rest());
    if (certificates.length > MAX_CERTIFICATES) throw new MalformedFlight('certificates');
  }
  return certificates;
}

/**
 * The beginning of a ServerKeyExchange, whose shape the suite decides (RFC 5246 section 7.4.3, RFC 8422 section 5.4,
 * RFC 4279 sections 2 and 3, RFC 2246 appendix D for the export suites). What is signed or follows is not read.
 *
 * @returns null where the suite says nothing that is of interest here
 * @throws MalformedFlight, Truncated
 */
export function readKeyExchange(body: Buffer, suite_id: number): KeyExchange | null {
  const suite = cipherSuite(suite_id);
  if (suite === null || suite.key_exchange === 'other') return null;
  const reader = new ByteReader(body);
  if (suite.psk) reader.vector16();
  if (suite.key_exchange === 'dhe') return { kind: 'dhe', prime_bits: bitLength(reader.vector16().rest()) };
  if (suite.key_exchange === 'rsa-export') {
    return { kind: 'rsa-export', modulus_bits: bitLength(reader.vector16().rest()) };
  }
  const curve_type = reader.uint8();
  if (curve_type === NAMED_CURVE) return { kind: 'ecdhe', group: reader.uint16() };
  if (curve_type === 1 || curve_type === 2) return { kind: 'explicit-curve' };
  throw new MalformedFlight('curve_type');
}

const NAMED_CURVE = 3;

function bitLength(number: Buffer): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (number.length - first) * 8 - (Math.clz32(number[first] as number) - 24);
}

const OCSP = 1;

/** RFC 6066 section 8: the response, DER, or null for a status of another kind. @throws MalformedFlight, Truncated */
export function readCertificateStatus(body: Buffer): Buffer | null {
  const reader = new ByteReader(body);
  if (reader.uint8() !== OCSP) return null;
  const response = reader.vector24().rest();
  if (!reader.done) throw new MalformedFlight('trailing');
  return response.length === 0 ? null : response;
}

/**
 * RFC 5246 section 7.4.4; before TLS 1.2 the list of signature algorithms is not there.
 *
 * @throws MalformedFlight, Truncated
 */
export function readCertificateRequest(body: Buffer, has_signature_algorithms: boolean): CertificateRequest {
  const reader = new ByteReader(body);
  reader.vector8(); // certificate_types
  if (has_signature_algorithms) reader.vector16();
  const list = reader.vector16();
  if (!reader.done) throw new MalformedFlight('trailing');
  return { authorities: readAuthorities(list) };
}

/** A list of distinguished names. @throws MalformedFlight, Truncated */
export function readAuthorities(list: ByteReader): Buffer[] {
  const authorities: Buffer[] = [];
  while (!list.done) {
    authorities.push(list.vector16().rest());
    if (authorities.length > MAX_AUTHORITIES) throw new MalformedFlight('certificate_authorities');
  }
  return authorities;
}
