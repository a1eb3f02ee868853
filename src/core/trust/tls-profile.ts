import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

/** The profiles a listener may have; there is no other and none weaker. */
export const TLS_PROFILES = ['modern', 'intermediate'] as const;
export type TlsProfileName = (typeof TLS_PROFILES)[number];

/** The part of Node's TLS options that a profile decides. */
export type TlsProfileOptions = Required<
  Pick<
    SecureContextOptions,
    'minVersion' | 'maxVersion' | 'ciphers' | 'ecdhCurve' | 'sigalgs' | 'honorCipherOrder' | 'secureOptions'
  >
>;

// Derived from Mozilla's server-side TLS guidelines 6.0 (https://ssl-config.mozilla.org/guidelines/6.0.json):
// versions, suites, groups and `server_preferred_order: false`. Departures: no finite-field DHE (Mozilla has none
// since 6.0 either), and signature algorithms are listed, which the guidelines leave to the library.
const TLS13_SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** ECDHE with AEAD only: forward secrecy and no CBC. */
const TLS12_SUITES = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/**
 * The slash makes the hybrid post-quantum group a class of its own: it is used with every client that knows it, at
 * the cost of a HelloRetryRequest where the client guessed another (OpenSSL 3.5, SSL_CTX_set1_groups_list).
 */
const SERVER_GROUPS = 'X25519MLKEM768/X25519:prime256v1:secp384r1';
const CLIENT_GROUPS = 'X25519MLKEM768:X25519:prime256v1:secp384r1';

/**
 * No SHA-1, no MD5, no DSA. rsa_pkcs1 is there for signatures inside certificates (and TLS 1.2); TLS 1.3
 * handshakes never use it (RFC 8446 section 4.2.3).
 */
const SIGNATURE_ALGORITHMS = [
  'ecdsa_secp256r1_sha256',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
  'ed25519',
  'ed448',
  'rsa_pss_rsae_sha256',
  'rsa_pss_rsae_sha384',
  'rsa_pss_rsae_sha512',
  'rsa_pss_pss_sha256',
  'rsa_pss_pss_sha384',
  'rsa_pss_pss_sha512',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
].join(':');

/** Renegotiation (CVE-2009-3555, CVE-2011-1473) and compression (CRIME) do not exist here. */
const SECURE_OPTIONS =
  constants.SSL_OP_NO_RENEGOTIATION |
  constants.SSL_OP_NO_COMPRESSION |
  constants.SSL_OP_NO_SSLv2 |
  constants.SSL_OP_NO_SSLv3 |
  constants.SSL_OP_NO_TLSv1 |
  constants.SSL_OP_NO_TLSv1_1;

/**
 * Options for a listener.
 *
 * - `modern`: TLS 1.3 only.
 * - `intermediate`: TLS 1.2 too, with ECDHE and AEAD suites only.
 *
 * Both prefer the hybrid post-quantum group. The client's order of suites is followed: all are strong, and it
 * knows whether it has AES in hardware.
 */
export function serverTlsOptions(profile: TlsProfileName): TlsProfileOptions {
  return {
    minVersion: profile === 'modern' ? 'TLSv1.3' : 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: suites(profile),
    ecdhCurve: SERVER_GROUPS,
    sigalgs: SIGNATURE_ALGORITHMS,
    honorCipherOrder: false,
    secureOptions: SECURE_OPTIONS,
  };
}

/**
 * Options for dialling out: the same versions, suites and signatures; the hybrid group is offered first, so that
 * recorded traffic stays closed to a later quantum computer.
 */
export function clientTlsOptions(profile: TlsProfileName): TlsProfileOptions {
  return { ...serverTlsOptions(profile), ecdhCurve: CLIENT_GROUPS };
}

function suites(profile: TlsProfileName): string {
  return (profile === 'modern' ? TLS13_SUITES : [...TLS13_SUITES, ...TLS12_SUITES]).join(':');
}
