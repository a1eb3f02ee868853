import type { TlsRule } from '../../registry.ts';
import { holds, unknown, violated } from '../../rule.ts';
import { accepted, acceptedSuites, acceptedWithout, isKnown } from '../accepted.ts';

export const forwardSecrecy = {
  id: 'tls/forward-secrecy',
  control: 'TLS-5',
  title: 'every key exchange has forward secrecy',
  sources: [{ standard: 'RFC 9325', section: '4.1' }],
  applies_when: 'a protocol version is accepted',
  why: 'whoever gets the private key one day reads everything that was recorded before (and ROBOT may spare them the key)',
  advice: 'Allow cipher suites with ECDHE alone, so none that begins with TLS_RSA_, TLS_ECDH_ or TLS_DH_',
  remedies: {
    nginx: ['ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;'],
    apache: ['SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20'],
    haproxy: ['ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20'],
    postfix: ['smtpd_tls_exclude_ciphers = aNULL, kRSA, kDH, kECDH'],
  },
  judge(evidence) {
    const fixed = acceptedSuites(accepted(evidence)).filter(({ forward_secret }) => !forward_secret);
    if (fixed.length > 0) {
      const names = fixed.map(({ name }) => name);
      return violated(acceptedWithout('forward secrecy', names), names);
    }
    if (!isKnown(evidence.versions)) return unknown('not every cipher suite was answered');
    return holds('every accepted cipher suite has it');
  },
} as const satisfies TlsRule;
