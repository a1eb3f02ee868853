import type { TlsRule } from '../../registry.ts';
import { holds, unknown, violated } from '../../rule.ts';
import { accepted, acceptedSuites, acceptedWithout, isKnown } from '../accepted.ts';

export const aead = {
  id: 'tls/aead',
  control: 'TLS-2',
  title: 'every cipher authenticates what it encrypts (AEAD)',
  sources: [{ standard: 'RFC 9325', section: '4.2' }],
  applies_when: 'a protocol version is accepted',
  why: 'the order of MAC and CBC padding in TLS was attacked again and again (Lucky Thirteen, BEAST, POODLE)',
  advice: 'Allow cipher suites with AES-GCM, AES-CCM or ChaCha20-Poly1305 alone',
  remedies: {
    nginx: ['ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;'],
    apache: ['SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20'],
    haproxy: ['ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20'],
  },
  judge(evidence) {
    const others = acceptedSuites(accepted(evidence)).filter((suite) => !suite.aead);
    if (others.length > 0) {
      const names = others.map(({ name }) => name);
      return violated(acceptedWithout('AEAD', names), names);
    }
    if (!isKnown(evidence.versions)) return unknown('not every cipher suite was answered');
    return holds('every accepted cipher suite does');
  },
} as const satisfies TlsRule;
