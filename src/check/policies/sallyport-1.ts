import type { Policy } from '../policy.ts';

/** What a gate of ours offers, and what RFC 9325 asks of everybody. Released; never to be changed. */
export const sallyport1: Policy = {
  id: 'sallyport-1',
  title: 'TLS 1.2 and 1.3 with forward secrecy; post-quantum groups wanted',
  tls: {
    'tls/old-protocols': 'fail',
    'tls/modern-protocols': 'fail',
    'tls/tls13': 'warn',
    'tls/broken-ciphers': 'fail',
    'tls/forward-secrecy': 'fail',
    'tls/aead': 'warn',
    'tls/post-quantum-group': 'warn',
    'tls/secure-renegotiation': 'fail',
    'tls/compression': 'fail',
    'tls/dh-size': 'fail',
    'tls/early-data': 'warn',
    'tls/http-redirect': 'fail',
    'tls/fallback-scsv': 'warn',
    'tls/heartbleed': 'fail',
    'tls/client-renegotiation': 'fail',
  },
  settings: { min_dh_bits: 2048 },
};
