import type { TlsRule } from '../../registry.ts';
import { notApplicable } from '../../rule.ts';
import type { Staple } from '../certificates/sent-staple.ts';
import { type Breaks, dayOf, judgeEach, readableChains } from '../chains.ts';

export const ocspResponse = {
  id: 'tls/ocsp-response',
  control: 'TLS-3',
  title: 'the OCSP response that comes along says that the certificate is good, and is signed by who may say so',
  sources: [
    { standard: 'RFC 6960', section: '3.2' },
    { standard: 'RFC 6960', section: '4.2.2.2' },
    { standard: 'RFC 5019', section: '2.2.2' },
  ],
  applies_when: 'an OCSP response comes along that is more than an error of the responder',
  why: 'clients that look at it refuse the certificate, and with a revoked one anybody may be the server',
  advice:
    'Get a new key and certificate where it was revoked; else let the server fetch the response anew and verify it before it hands it out',
  remedies: { nginx: ['ssl_stapling_verify on;'] },
  judge(evidence) {
    const readable = readableChains(evidence);
    if (readable.length > 0 && !readable.some(({ staples }) => staples.some(isJudged))) {
      return notApplicable('no response comes along');
    }
    const is_revoked = readable.some(({ staples }) => staples.some(({ answer }) => answer?.cert_status === 'revoked'));
    const words = {
      sound: 'it is good, says who may say so',
      broken: is_revoked
        ? 'an OCSP response says that the certificate is revoked'
        : 'the OCSP response does not prove that the certificate is good',
    };
    return judgeEach(evidence, words, ({ staples }) => {
      const found = staples.filter(isJudged).map(breaksOf);
      const facts = found.flatMap((breaks) => breaks ?? []);
      return facts.length === 0 && found.includes(null) ? null : facts;
    });
  },
} as const satisfies TlsRule;

/** An error of the responder is no word on the certificate, nor signed by anybody. */
function isJudged({ response_status }: Staple): boolean {
  return response_status === 'successful' || response_status === null;
}

function breaksOf({ response_status, answer, signature }: Staple): Breaks {
  if (response_status === null) return ['it cannot be read'];
  const failure = signature?.failure ?? null;
  const facts = [...answerBreaks(answer), ...(failure === null ? [] : [failure])];
  if (facts.length > 0) return facts;
  return signature?.holds === true ? [] : null;
}

function answerBreaks(answer: Staple['answer']): readonly string[] {
  if (answer === null) return ['it is for another certificate'];
  const { cert_status, revocation } = answer;
  if (cert_status === 'unknown') return ['it says that the CA does not know the certificate'];
  if (revocation === null) return [];
  const reason = revocation.reason === null ? '' : ` (${revocation.reason})`;
  return [`it says that the certificate was revoked on ${dayOf(revocation.at_ms)}${reason}`];
}
