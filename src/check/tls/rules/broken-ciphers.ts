import type { TlsRule } from '../../registry.ts';
import { holds, unknown, violated } from '../../rule.ts';
import { accepted, acceptedSuites, isKnown } from '../accepted.ts';

export const brokenCiphers = {
  id: 'tls/broken-ciphers',
  control: 'TLS-2',
  title: 'no cipher suite is broken: no NULL, anonymous, export, RC4, DES or 3DES',
  sources: [
    { standard: 'RFC 9325', section: '4.1' },
    { standard: 'RFC 7465', section: '2' },
    { standard: 'RFC 5246', section: 'A.5' },
  ],
  applies_when: 'a protocol version is accepted',
  why: 'who listens or stands between reads what is sent (FREAK, SWEET32, RC4 biases), or is taken for the server',
  advice: 'Allow cipher suites with ECDHE and AES-GCM or ChaCha20 alone',
  remedies: {
    nginx: ['ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;'],
    apache: ['SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20'],
    haproxy: ['ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20'],
    postfix: [
      'smtpd_tls_ciphers = high',
      'smtpd_tls_mandatory_ciphers = high',
      'smtpd_tls_exclude_ciphers = aNULL, kRSA, kDH, kECDH',
    ],
  },
  judge(evidence) {
    const broken = acceptedSuites(accepted(evidence)).filter((suite) => suite.broken !== null);
    if (broken.length > 0) {
      const kinds = [...new Set(broken.map((suite) => suite.broken))].join(', ');
      return violated(
        `broken cipher suites are accepted: ${kinds}`,
        broken.map(({ name }) => name),
      );
    }
    if (!isKnown(evidence.versions)) return unknown('not every cipher suite was answered');
    return holds('none of them is accepted');
  },
} as const satisfies TlsRule;
