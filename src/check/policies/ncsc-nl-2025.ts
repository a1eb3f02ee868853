const SHA2 = ['SHA-256', 'SHA-384', 'SHA-512'];

/**
 * Security guidelines for Transport Layer Security of the Dutch NCSC, 2025-05: versions (section 3.3.1), keys and signatures
 * of certificates (3.3.2), key exchange (3.3.3), ciphers and hash functions (3.3.4, 3.3.5), suites (appendix B). Good and
 * sufficient are allowed here, what is to be phased out is a warning, everything else insufficient. Lists as Internet.nl
 * 1.11, the test of the Dutch government, has them (internetstandards/Internet.nl, checks/tasks/tls/tls_constants.py);
 * the order of suites and renegotiation by the client are not judged.
 */
import type { Policy } from '../policy.ts';

const AEAD_CIPHERS = ['AES_256_GCM_SHA384', 'AES_128_GCM_SHA256', 'CHACHA20_POLY1305_SHA256'];
const CCM_CIPHERS = ['AES_256_CCM', 'AES_128_CCM'];
const PHASED_OUT_CIPHERS = ['CAMELLIA', 'ARIA'].flatMap((cipher) => [
  `${cipher}_256_GCM_SHA384`,
  `${cipher}_128_GCM_SHA256`,
  `${cipher}_128_CBC_SHA256`,
]);

const suites = (key_exchange: string, ciphers: readonly string[]) =>
  ciphers.map((cipher) => `TLS_${key_exchange}_WITH_${cipher}`);

const ECDHE_PHASED_OUT = [
  ...PHASED_OUT_CIPHERS,
  'CAMELLIA_256_CBC_SHA384',
  'ARIA_256_CBC_SHA384',
  'AES_256_CBC_SHA384',
  'AES_128_CBC_SHA256',
];
const DHE_PHASED_OUT = [
  ...PHASED_OUT_CIPHERS,
  ...AEAD_CIPHERS,
  ...CCM_CIPHERS,
  'CAMELLIA_256_CBC_SHA256',
  'ARIA_256_CBC_SHA384',
  'AES_256_CBC_SHA256',
  'AES_128_CBC_SHA256',
];

const CURVES = ['secp521r1', 'secp384r1', 'secp256r1', 'brainpoolP512r1', 'brainpoolP384r1', 'brainpoolP256r1'];
const FINITE_FIELDS = ['ffdhe3072', 'ffdhe4096', 'ffdhe6144', 'ffdhe8192'];

export const ncscNl2025: Policy = {
  id: 'ncsc-nl-2025',
  title: 'TLS guidelines of NCSC-NL, 2025-05: good and sufficient; what is to be phased out is a warning',
  tls: {
    'tls/allowed-versions': 'fail',
    'tls/allowed-cipher-suites': 'fail',
    'tls/allowed-groups': 'fail',
    'tls/dh-size': 'fail',
    'tls/secure-renegotiation': 'fail',
    'tls/compression': 'fail',
    'tls/certificate-kind': 'fail',
  },
  settings: {
    min_dh_bits: 3072,
    versions: { allowed: ['TLS 1.2', 'TLS 1.3'], phased_out: [] },
    cipher_suites: {
      allowed: [
        ...AEAD_CIPHERS.map((cipher) => `TLS_${cipher}`),
        'TLS_AES_128_CCM_SHA256',
        ...suites('ECDHE_ECDSA', [...AEAD_CIPHERS, ...CCM_CIPHERS]),
        ...suites('ECDHE_RSA', AEAD_CIPHERS),
      ],
      phased_out: [
        ...suites('ECDHE_ECDSA', ECDHE_PHASED_OUT),
        ...suites('ECDHE_RSA', ECDHE_PHASED_OUT),
        ...suites('DHE_RSA', DHE_PHASED_OUT),
      ],
    },
    groups: {
      allowed: [
        // Whether each hybrid is named was not seen in the text. Their curves are, and ML-KEM beside one takes nothing away.
        ...['X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024', 'x25519', 'x448'],
        ...CURVES,
        ...CURVES.slice(3).map((curve) => `${curve}tls13`),
      ],
      phased_out: FINITE_FIELDS,
    },
    certificate: {
      keys: ['rsa', 'ed25519', 'ed448', ...CURVES],
      min_rsa_bits: 2048,
      lasting_rsa_bits: 3072,
      signatures: [
        ...SHA2.map((hash) => `RSA with ${hash}`),
        ...SHA2.map((hash) => `ECDSA with ${hash}`),
        ...['Ed25519', 'Ed448'],
      ],
      max_days: null,
    },
  },
};
