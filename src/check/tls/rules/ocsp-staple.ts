import type { TlsRule } from '../../registry.ts';
import { notApplicable } from '../../rule.ts';
import type { CertificateAnswer, StapleSignature } from '../certificates/sent-staple.ts';
import { dayOf, judgeEach, type ReadableChain, readableChains } from '../chains.ts';

export const ocspStaple = {
  id: 'tls/ocsp-staple',
  control: 'TLS-3',
  title: 'the server brings word that its certificate is not revoked, and brings it in time',
  sources: [
    { standard: 'RFC 6066', section: '8' },
    { standard: 'RFC 5019', section: '4' },
    { standard: 'RFC 6960', section: '4.2.2.1' },
    { standard: 'RFC 7633', section: '4' },
    { standard: 'RFC 9325', section: '7.5' },
  ],
  applies_when: 'the certificate names an OCSP responder, or says that a response must come with it, or one comes',
  why: 'clients ask the CA, which then knows who talks to whom, or do not ask at all; one that must staple is refused',
  advice: 'Turn on OCSP stapling, and let the server reach the responder of its CA',
  remedies: {
    nginx: ['ssl_stapling on;', 'ssl_stapling_verify on;', 'resolver 127.0.0.53;'],
    apache: ['SSLUseStapling on', 'SSLStaplingCache shmcb:/var/run/ocsp(128000)'],
  },
  judge(evidence) {
    const readable = readableChains(evidence);
    const known = readable.every(({ leaf }) => leaf.extensions !== null);
    if (readable.length > 0 && known && !readable.some((chain) => isWanted(chain) || answers(chain)))
      return notApplicable('the certificate has no OCSP responder');
    // One handshake that asked and got one is enough for a leaf: not every version is asked.
    const stapled = new Set(readable.filter(answers).map(({ leaf }) => leaf.sha256));
    const is_missing = readable.some((chain) => isWanted(chain) && !stapled.has(chain.leaf.sha256));
    const words = {
      sound: 'a response comes with it',
      broken: is_missing ? 'no OCSP response comes along' : 'the OCSP response that comes along is of little use',
    };
    return judgeEach(evidence, words, (chain) => {
      const { leaf, staples } = chain;
      const facts = staples.flatMap(({ answer, signature }) => [
        ...timeBreaks(answer, evidence.checked_at_ms),
        ...hashBreaks(signature),
      ]);
      if (facts.length > 0) return facts;
      if (leaf.extensions === null) return null;
      if (!isWanted(chain) || stapled.has(leaf.sha256)) return [];
      const errors = staples.flatMap(({ response_status }) => response_status ?? []);
      const wanted = leaf.extensions.must_staple ? 'it says that one must come' : 'it names a responder';
      return [wanted, ...errors.map((error) => `what comes is the error ${error} of the responder`)];
    });
  },
} as const satisfies TlsRule;

function isWanted({ leaf: { extensions } }: ReadableChain): boolean {
  return extensions?.has_ocsp_url === true || extensions?.must_staple === true;
}

/** An error of the responder, and what cannot be read, is no word on anything. */
function answers({ staples }: ReadableChain): boolean {
  return staples.some(({ response_status }) => response_status === 'successful');
}

/** Both ends are inclusive. Without an end, an old word could be shown for ever (RFC 5019 section 4). */
function timeBreaks(answer: CertificateAnswer | null, now_ms: number): readonly string[] {
  if (answer === null) return [];
  const { this_update_ms: from, next_update_ms: until } = answer;
  if (now_ms < from) return [`it holds from ${dayOf(from)} on, which is yet to come`];
  if (until === null) return ['it does not say how long it holds'];
  return now_ms > until ? [`it held until ${dayOf(until)}`] : [];
}

function hashBreaks(signature: StapleSignature | null): readonly string[] {
  const by = [signature?.algorithm ?? null, signature?.delegated ? (signature.signer?.signature ?? null) : null];
  const broken = by.filter((algorithm) => algorithm?.is_broken).map((algorithm) => `it rests on ${algorithm!.name}`);
  return [...new Set(broken)];
}
