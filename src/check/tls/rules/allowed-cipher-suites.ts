import { cipherSuiteName } from '../../../protocol/tls/cipher-suites.ts';
import type { TlsRule } from '../../registry.ts';
import { accepted, isKnown } from '../accepted.ts';
import { judgeListed } from '../listed.ts';

export const allowedCipherSuites = {
  id: 'tls/allowed-cipher-suites',
  control: 'TLS-2',
  title: 'every cipher suite is one of the policy',
  sources: [{ standard: 'RFC 9325', section: '4.2' }],
  applies_when: 'the policy lists cipher suites',
  why: 'what nobody needs is there to be attacked all the same',
  advice: 'Leave on the cipher suites that the policy lists, and turn off the others',
  remedies: {
    nginx: ['ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;'],
    apache: ['SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20'],
    haproxy: ['ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20'],
  },
  judge(evidence, { cipher_suites: list }) {
    const ids = new Set(accepted(evidence).flatMap(({ cipher_suites }) => cipher_suites.values));
    const names = [...ids].map(cipherSuiteName);
    return judgeListed({ names, complete: isKnown(evidence.versions), list, noun: 'cipher suites' });
  },
} as const satisfies TlsRule;
