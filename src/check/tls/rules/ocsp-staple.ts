import type { TlsRule } from '../../registry.ts';
import { notApplicable } from '../../rule.ts';
import { judgeEach, readableChains } from '../chains.ts';

export const ocspStaple = {
  id: 'tls/ocsp-staple',
  control: 'TLS-3',
  title: 'the server brings word that its certificate is not revoked',
  sources: [
    { standard: 'RFC 6066', section: '8' },
    { standard: 'RFC 7633', section: '4' },
    { standard: 'RFC 9325', section: '7.5' },
  ],
  applies_when: 'the certificate names an OCSP responder, or says that a response must come with it',
  why: 'clients ask the CA, which then knows who talks to whom, or do not ask at all; one that must staple is refused',
  advice: 'Turn on OCSP stapling, and let the server reach the responder of its CA',
  remedies: {
    nginx: ['ssl_stapling on;', 'ssl_stapling_verify on;', 'resolver 127.0.0.53;'],
    apache: ['SSLUseStapling on', 'SSLStaplingCache shmcb:/var/run/ocsp(128000)'],
  },
  judge(evidence) {
    const readable = readableChains(evidence);
    const asked = readable.filter(({ leaf: { extensions } }) => extensions?.has_ocsp_url || extensions?.must_staple);
    const known = readable.every(({ leaf }) => leaf.extensions !== null);
    if (readable.length > 0 && known && asked.length === 0)
      return notApplicable('the certificate has no OCSP responder');
    const words = { sound: 'a response comes with it', broken: 'no response comes with it' };
    // One handshake that asked and got one is enough for a leaf: not every version is asked.
    const stapled = new Set(readable.filter((chain) => chain.stapled).map(({ leaf }) => leaf.sha256));
    return judgeEach(evidence, words, ({ leaf: { extensions, sha256 } }) => {
      if (extensions === null) return null;
      const wanted = extensions.has_ocsp_url || extensions.must_staple;
      if (!wanted || stapled.has(sha256)) return [];
      return [extensions.must_staple ? 'it says that one must come' : 'it names a responder'];
    });
  },
} as const satisfies TlsRule;
