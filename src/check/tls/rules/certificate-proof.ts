import type { TlsRule } from '../../registry.ts';
import { judgeEach } from '../chains.ts';

export const certificateProof = {
  id: 'tls/certificate-proof',
  control: 'TLS-3',
  title: 'the server has the key of the certificate it sends',
  sources: [
    { standard: 'RFC 8446', section: '4.4.3' },
    { standard: 'RFC 5246', section: '7.4.3' },
  ],
  applies_when: 'a certificate is sent',
  why: 'no client goes on with who shows the certificate of somebody else',
  advice: 'Put certificate and key that belong together into force',
  remedies: {},
  judge(evidence) {
    const words = { sound: 'it has signed with it', broken: 'a signature is not by the key of the certificate' };
    return judgeEach(evidence, words, ({ proves_key, leaf }) =>
      proves_key === null ? null : proves_key ? [] : [`by another key than that of ${leaf.sha256.slice(0, 16)}`],
    );
  },
} as const satisfies TlsRule;
