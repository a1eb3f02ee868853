import { CODES, PROBLEMS, type Refusal } from '../../core/errors/index.ts';
import { retryAfter } from '../../core/limits/index.ts';
import { CODINGS } from './bodies/codings.ts';
import type { Answer, ApiExchange } from './exchange.ts';
import { PROBLEM_MEDIA_TYPE, problemBody } from './problem.ts';

/** What the caller of a refused exchange gets; null where no answer is possible. */
export function refusalAnswer(exchange: ApiExchange, refusal: Refusal): Answer | null {
  const { problem } = CODES[refusal.code];
  if (problem === null) return null;
  const headers = ['content-type', PROBLEM_MEDIA_TYPE];
  // RFC 9110 section 15.5.16: which codings are taken instead.
  if (refusal.code === 'VALIDATE_CONTENT_ENCODING') headers.push('accept-encoding', CODINGS.join(', '));
  if (refusal.detail.retry_after_s !== undefined) headers.push('retry-after', retryAfter(refusal.detail.retry_after_s));
  const body = problemBody(problem, exchange.id, toldTo(refusal));
  return {
    status: PROBLEMS[problem].status,
    headers,
    // RFC 9110 section 9.3.2: no content in the answer to HEAD.
    body: exchange.transport.method === 'HEAD' ? null : body,
  };
}

/** The place and rule are told only where the caller broke the contract; elsewhere they would tell of others. */
function toldTo(refusal: Refusal): Refusal['detail'] {
  return CODES[refusal.code].step === 'validate' ? refusal.detail : {};
}
