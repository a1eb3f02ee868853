import type { TlsRule } from '../../registry.ts';
import { dayOf, judgeEach } from '../chains.ts';

export const certificateValidity = {
  id: 'tls/certificate-validity',
  control: 'TLS-3',
  title: 'the certificate is valid now',
  sources: [{ standard: 'RFC 5280', section: '4.1.2.5' }],
  applies_when: 'a certificate is sent',
  why: 'clients refuse it, and people learn to look away',
  advice: 'Renew the certificate, let a program do it from now on (ACME), and set the clock of the server by NTP',
  remedies: { caddy: ['tls you@example.org'] },
  judge(evidence) {
    const { checked_at_ms } = evidence;
    const words = { sound: 'within its time', broken: 'the certificate is not valid now' };
    return judgeEach(evidence, words, ({ leaf: { not_before_ms, not_after_ms } }) => {
      if (checked_at_ms > not_after_ms) return [`expired on ${dayOf(not_after_ms)}`];
      return checked_at_ms < not_before_ms ? [`not valid before ${dayOf(not_before_ms)}`] : [];
    });
  },
} as const satisfies TlsRule;
