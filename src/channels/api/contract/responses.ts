import { Refusal } from '../../../core/errors/refusal.ts';
import { readFieldValue } from './header-values.ts';
import { accepts, matchContent } from './media-type.ts';
import { checkText } from './scalar.ts';
import type { Bindings, RequestBody, RequestContent, ResponseContent, ResponsePlan, ResponseShape } from './types.ts';

/**
 * The declared response for a status: the exact one, then its range, then `default` (OpenAPI Responses Object).
 *
 * @throws Refusal FILTER_STATUS where none is declared
 */
export function responseFor(plan: ResponsePlan, status: number): ResponseShape {
  const shape = plan.exact.get(status) ?? plan.ranges.get(Math.floor(status / 100)) ?? plan.fallback;
  if (!shape) throw new Refusal('FILTER_STATUS', { rule: 'status' });
  return shape;
}

/**
 * The declared content an answer with a body has.
 *
 * @throws Refusal FILTER_BODY_UNEXPECTED where the response declares no body, FILTER_MEDIA_TYPE where not this one
 */
export function responseContent(shape: ResponseShape, content_type: string | undefined): ResponseContent {
  if (shape.content.length === 0) throw new Refusal('FILTER_BODY_UNEXPECTED', { rule: 'content' });
  const content = matchContent(shape.content, content_type);
  if (!content) throw new Refusal('FILTER_MEDIA_TYPE', { rule: 'content-type' });
  return content;
}

/**
 * The declared header fields of an answer, held to their schemas; every other field is dropped by not being here.
 *
 * @param lookup by lower-case name; an array where the field is repeated
 * @param bindings compared where a header schema has `x-bind`
 * @throws Refusal FILTER_HEADER
 */
export function checkResponseHeaders(
  shape: ResponseShape,
  lookup: (name: string) => string | readonly string[] | undefined,
  bindings: Bindings,
): [name: string, value: string][] {
  const passed: [string, string][] = [];
  for (const header of shape.headers) {
    const place = `header/${header.name}`;
    const value = lookup(header.name);
    if (value === undefined) {
      if (header.required) throw new Refusal('FILTER_HEADER', { pointer: place, rule: 'required' });
      continue;
    }
    const texts = readFieldValue(typeof value === 'string' ? [value] : value, header.array);
    if (!texts) throw new Refusal('FILTER_HEADER', { pointer: place, rule: 'encoding' });
    checkText(header, texts, { code: 'FILTER_HEADER', place }, bindings);
    passed.push([header.name, texts.join(',')]);
  }
  return passed;
}

/**
 * The declared content a request body has.
 *
 * @throws Refusal VALIDATE_MEDIA_TYPE
 */
export function requestContent(body: RequestBody, content_type: string | undefined): RequestContent {
  const content = matchContent(body.content, content_type);
  if (!content) throw new Refusal('VALIDATE_MEDIA_TYPE', { pointer: 'header/content-type', rule: 'content-type' });
  return content;
}

/**
 * Refuses a caller that accepts none of the media types a success may have (RFC 9110 section 12.5.1).
 *
 * @throws Refusal VALIDATE_NOT_ACCEPTABLE
 */
export function checkAcceptable(plan: ResponsePlan, accept: string | undefined): void {
  if (accepts(accept, plan.success_types)) return;
  throw new Refusal('VALIDATE_NOT_ACCEPTABLE', { pointer: 'header/accept', rule: 'accept' });
}
