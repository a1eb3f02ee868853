/**
 * Mozilla's server-side TLS guidelines, version 6.0, as https://ssl-config.mozilla.org/guidelines/6.0.json had them in
 * November 2026 (mozilla/ssl-config-generator, MPL-2.0). Names of curves are those of IANA's registry here. What the
 * guidelines do not name, such as compression, these policies do not judge.
 */
import type { Policy } from '../policy.ts';

const TLS13_SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const TLS12_SUITES = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
];
const GROUPS = ['X25519MLKEM768', 'x25519', 'secp256r1', 'secp384r1'];
const CURVES = ['secp256r1', 'secp384r1'];
const ECDSA = ['ECDSA with SHA-256', 'ECDSA with SHA-384', 'ECDSA with SHA-512'];

const only = (...allowed: readonly string[]) => ({ allowed, phased_out: [] });

/** For clients that all speak TLS 1.3. */
export const mozillaModern: Policy = {
  id: 'mozilla-6.0-modern',
  title: "Mozilla's guidelines 6.0, modern: TLS 1.3 alone",
  tls: {
    'tls/allowed-versions': 'fail',
    'tls/allowed-cipher-suites': 'fail',
    'tls/allowed-groups': 'fail',
    'tls/post-quantum-group': 'warn',
    'tls/client-order': 'warn',
    'tls/certificate-kind': 'fail',
  },
  settings: {
    versions: only('TLS 1.3'),
    cipher_suites: only(...TLS13_SUITES),
    groups: only(...GROUPS),
    certificate: { keys: CURVES, min_rsa_bits: 0, lasting_rsa_bits: 0, signatures: ECDSA, max_days: 90 },
  },
};

/** For servers that anybody may come to. */
export const mozillaIntermediate: Policy = {
  id: 'mozilla-6.0-intermediate',
  title: "Mozilla's guidelines 6.0, intermediate: TLS 1.2 and 1.3",
  tls: {
    'tls/allowed-versions': 'fail',
    'tls/tls13': 'warn',
    'tls/allowed-cipher-suites': 'fail',
    'tls/allowed-groups': 'fail',
    'tls/dh-size': 'fail',
    'tls/post-quantum-group': 'warn',
    'tls/client-order': 'warn',
    'tls/certificate-kind': 'fail',
  },
  settings: {
    min_dh_bits: 2048,
    versions: only('TLS 1.2', 'TLS 1.3'),
    cipher_suites: only(...TLS12_SUITES, ...TLS13_SUITES),
    groups: only(...GROUPS),
    certificate: {
      keys: [...CURVES, 'rsa'],
      min_rsa_bits: 2048,
      lasting_rsa_bits: 2048,
      signatures: ['RSA with SHA-256', ...ECDSA],
      max_days: 366,
    },
  },
};
