import type { TlsRule } from '../../registry.ts';
import { judgeEach } from '../chains.ts';

export const certificateSignature = {
  id: 'tls/certificate-signature',
  control: 'TLS-7',
  title: 'no signature of the chain rests on a broken hash',
  sources: [
    { standard: 'RFC 9325', section: '4.5' },
    { standard: 'CA/Browser Forum Baseline Requirements', section: '7.1.3.2' },
    { standard: 'RFC 6151', section: '2' },
  ],
  applies_when: 'a certificate is sent',
  why: 'who makes two texts with one hash has a certificate for a name that is not theirs',
  advice: 'Get certificates signed with SHA-256 or better, and intermediates of today from the CA',
  remedies: {},
  judge(evidence) {
    const words = { sound: 'every signature has a sound hash', broken: 'a signature has a broken hash' };
    return judgeEach(evidence, words, ({ certificates }) => {
      // What a root says of itself is believed without its signature.
      const signed = certificates.map((one, index) => (one?.self_signed === true && index > 0 ? null : one));
      const facts = signed.flatMap((one, index) =>
        one?.signature?.is_broken === true ? [`number ${index + 1}: ${one.signature.name}`] : [],
      );
      return facts.length === 0 && signed.some((one) => one?.signature === null) ? null : facts;
    });
  },
} as const satisfies TlsRule;
