import type { TlsRule } from '../../registry.ts';
import { judgeEach, trustOf } from '../chains.ts';

export const certificateTrust = {
  id: 'tls/certificate-trust',
  control: 'TLS-3',
  title: 'the certificate leads to a root that is trusted',
  sources: [{ standard: 'RFC 5280', section: '6.1' }],
  applies_when: 'a certificate is sent',
  why: 'clients refuse it, or were told not to look, and then anybody may stand between',
  advice: 'Get a certificate of a public CA, or name the private root with --ca where clients are to have it',
  remedies: { caddy: ['tls you@example.org'] },
  judge(evidence) {
    const words = { sound: 'a path leads to a root', broken: 'the certificate is not trusted' };
    return judgeEach(evidence, words, (chain) => {
      const trust = trustOf(chain);
      if (trust === null) return null;
      const roots = chain.private_trust === null ? 'public roots' : 'the roots given, nor by public ones';
      return trust.trusted ? [] : [`not by ${roots}: ${trust.reason}`];
    });
  },
} as const satisfies TlsRule;
