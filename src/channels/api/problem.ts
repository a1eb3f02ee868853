import { PROBLEMS, type ProblemType, type RefusalDetail } from '../../core/errors/index.ts';

/** Stable type URIs (RFC 9457 section 3.1.1). Documented in docs/errors.md. */
export const PROBLEM_TYPE_PREFIX = 'urn:sallyport:problem:';
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/**
 * The problem document of a refusal. It names the place and the rule that was broken, never the value, and
 * nothing that would tell refusals of one problem type apart.
 *
 * @param exchange_id becomes `instance`; null where there is no exchange
 */
export function problemBody(type: ProblemType, exchange_id: string | null, detail: RefusalDetail): Buffer {
  const { status, title } = PROBLEMS[type];
  const document: Record<string, unknown> = { type: `${PROBLEM_TYPE_PREFIX}${type}`, title, status };
  if (exchange_id !== null) document['instance'] = `urn:uuid:${exchange_id}`;
  if (detail.pointer !== undefined) {
    document['errors'] = [{ pointer: detail.pointer, ...(detail.rule === undefined ? {} : { rule: detail.rule }) }];
  }
  return Buffer.from(JSON.stringify(document));
}
