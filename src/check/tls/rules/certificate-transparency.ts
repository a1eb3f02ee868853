import type { TlsRule } from '../../registry.ts';
import { notApplicable } from '../../rule.ts';
import { isPublic, judgeEach, readableChains } from '../chains.ts';

/** Browsers ask for two logs where a certificate lives for 180 days or less, for three where it lives longer; two is what all of them ask. */
const MIN_SCTS = 2;

export const certificateTransparency = {
  id: 'tls/certificate-transparency',
  control: 'TLS-3',
  title: 'the certificate is in public logs',
  sources: [{ standard: 'RFC 6962', section: '3.3' }],
  applies_when: 'the certificate is trusted by public roots',
  why: 'browsers refuse it, and nobody would see a certificate that was issued to somebody else',
  advice: 'Get a certificate of a CA that puts timestamps of logs into it, as those for browsers do',
  remedies: {},
  judge(evidence) {
    const readable = readableChains(evidence);
    if (readable.length > 0 && !readable.some(isPublic)) return notApplicable('no public root stands behind it');
    const words = { sound: 'it has timestamps of logs', broken: 'timestamps of logs are missing' };
    return judgeEach(evidence, words, (chain) => {
      if (!isPublic(chain) || chain.scts >= MIN_SCTS) return [];
      if (chain.leaf.extensions === null) return null;
      return [`${chain.scts} timestamps, ${MIN_SCTS} are asked for`];
    });
  },
} as const satisfies TlsRule;
