/** The hellos a prober sends. */
import { buildClientHello } from '../../protocol/tls/build-client-hello.ts';
import { CIPHER_SUITES, type CipherSuite } from '../../protocol/tls/cipher-suites.ts';
import {
  alpn,
  type Extension,
  ecPointFormats,
  encryptThenMac,
  extendedMasterSecret,
  heartbeat,
  keyShare,
  renegotiationInfo,
  serverName,
  sessionTicket,
  signatureAlgorithms,
  signedCertificateTimestamp,
  statusRequest,
  supportedGroups,
  supportedVersions,
} from '../../protocol/tls/client-extensions.ts';
import { GROUPS } from '../../protocol/tls/groups.ts';
import { SSL_3_0, TLS_1_2, TLS_1_3 } from '../../protocol/tls/versions.ts';

/** Random bytes, so many. */
export type RandomBytes = (size_bytes: number) => Buffer;

export interface Offer {
  readonly version: number;
  readonly cipher_suites: readonly number[];
  readonly groups: readonly number[];
  /** For SNI; null for none. */
  readonly server_name: string | null;
  /** Compression, ALPN, a ticket, a staple, timestamps and, before TLS 1.3, heartbeats too: few servers mind, one hello is enough. */
  readonly everything: boolean;
  /** TLS 1.3: with a share for x25519, to a server that sends no HelloRetryRequest. */
  readonly with_share: boolean;
}

/** Every scheme a server might sign with, the old ones too (RFC 8446 section 4.2.3, RFC 5246 section 7.4.1.4.1). */
export const SIGNATURE_SCHEMES = [
  ...[0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b],
  ...[0x0401, 0x0501, 0x0601, 0x0402, 0x0502, 0x0602, 0x0303, 0x0301, 0x0302, 0x0203, 0x0201, 0x0202, 0x0101],
];

/** A longer one, which nobody has reason to give, leaves too little room in a hello of one record. */
export const MAX_TICKET_BYTES = 8_192;

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 section 3.3), for hellos that have no extensions. */
const RENEGOTIATION_SCSV = 0x00ff;

/** TLS_FALLBACK_SCSV (RFC 7507 section 2). */
export const FALLBACK_SCSV = 0x5600;

export function helloFor(offer: Offer, random: RandomBytes): Buffer {
  const { version, cipher_suites, everything } = offer;
  const has_extensions = version !== SSL_3_0;
  return buildClientHello({
    legacy_version: Math.min(version, TLS_1_2),
    random: random(32),
    // RFC 8446 appendix D.4: what lies between expects a TLS 1.3 hello to look like a resumption.
    session_id: version === TLS_1_3 ? random(32) : Buffer.alloc(0),
    cipher_suites: has_extensions ? cipher_suites : [...cipher_suites, RENEGOTIATION_SCSV],
    compression_methods: everything && version !== TLS_1_3 ? [1, 0] : [0],
    extensions: has_extensions ? extensionsOf(offer, random) : [],
  });
}

export const X25519 = 0x001d;

function extensionsOf(
  { version, groups, server_name, everything, with_share }: Offer,
  random: RandomBytes,
): Extension[] {
  // RFC 7748 section 5: any 32 bytes are a public key.
  const shares = with_share ? [{ group: X25519, key_exchange: random(32) }] : [];
  return [
    ...(server_name === null ? [] : [serverName(server_name)]),
    supportedGroups(groups),
    ...(version >= TLS_1_2 ? [signatureAlgorithms(SIGNATURE_SCHEMES)] : []),
    ...(version === TLS_1_3
      ? [supportedVersions([TLS_1_3]), keyShare(shares)]
      : [ecPointFormats(), renegotiationInfo(), extendedMasterSecret(), encryptThenMac()]),
    ...(everything ? [alpn(['h2', 'http/1.1']), statusRequest(), signedCertificateTimestamp(), sessionTicket()] : []),
    ...(everything && version !== TLS_1_3 ? [heartbeat()] : []),
  ];
}

/** Finite fields and ML-KEM have no place in a ServerKeyExchange with a named curve. */
const FIRST_FINITE_FIELD = 0x0100;
const BRAINPOOL_OF_TLS12 = [0x001a, 0x001b, 0x001c];
const BRAINPOOL_OF_TLS13 = [0x001f, 0x0020, 0x0021];

/**
 * Groups to offer with a version. Before TLS 1.3 no finite field is named, so that a server shows the one it is set up
 * with (RFC 7919 section 4).
 */
export function groupsFor(version: number): readonly number[] {
  if (version === TLS_1_3) return GROUPS.filter((group) => !BRAINPOOL_OF_TLS12.includes(group));
  return GROUPS.filter((group) => group < FIRST_FINITE_FIELD && !BRAINPOOL_OF_TLS13.includes(group));
}

/** Most suites of one hello: some servers take no longer lists. */
const MAX_SUITES = 120;

/**
 * Suites to offer with a version, in lists that a server takes; those most servers choose from are in the first.
 *
 * @param key only those that come with a certificate of this kind
 */
export function suitesFor(version: number, key?: 'rsa' | 'ecdsa'): readonly (readonly number[])[] {
  const fitting = CIPHER_SUITES.filter((suite) => fits(suite, version))
    .filter(({ certificate_key }) => key === undefined || certificate_key === key)
    .map((suite) => ({ id: suite.id, rank: rankOf(suite) }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ id }) => id);
  const lists: number[][] = [];
  for (let at = 0; at < fitting.length; at += MAX_SUITES) lists.push(fitting.slice(at, at + MAX_SUITES));
  return lists;
}

function fits({ tls13, needs_tls12 }: CipherSuite, version: number): boolean {
  if (version === TLS_1_3) return tls13;
  return !tls13 && (version === TLS_1_2 || !needs_tls12);
}

/** Seldom met: national algorithms, fixed Diffie-Hellman keys, passwords, Kerberos. */
const SELDOM = /ARIA|CAMELLIA|SEED|GOST|SM4|SRP|ECCPWD|KRB5|TLS_E?C?DH_(RSA|DSS|ECDSA)|AEGIS/;

function rankOf({ name, psk, forward_secret, aead, broken, key_exchange }: CipherSuite): number {
  return (
    (SELDOM.test(name) ? 32 : 0) +
    (psk ? 16 : 0) +
    (broken === null ? 0 : 8) +
    (forward_secret ? 0 : 4) +
    (aead ? 0 : 2) +
    (key_exchange === 'dhe' ? 1 : 0)
  );
}
