import { Refusal } from '../../../core/errors/refusal.ts';
import type { Judging } from './judge-json.ts';
import { accepts, isMediaRange, matchContent, readMediaType } from './media-type.ts';
import { takeHeader } from './text/header.ts';
import { judgeJsonText } from './text/json-value.ts';
import { judgeText } from './text/judge.ts';
import { refuse } from './text/refuse.ts';
import type {
  RequestBody,
  RequestContent,
  ResponseContent,
  ResponseHeader,
  ResponsePlan,
  ResponseShape,
} from './types.ts';

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

/** Statuses whose answers end with the header section, whatever is declared (RFC 9110 sections 6.4.1, 15.3.6, 15.4.5). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Whether an answer of this status may have a body at all. */
export function mayHaveBody(status: number): boolean {
  return !BODILESS.has(status);
}

/** Whether an answer with this head is opaque bytes, to be passed on while they arrive. Judges nothing else. */
export function isStreamed(plan: ResponsePlan, status: number, contentType: () => string | undefined): boolean {
  const shape = plan.exact.get(status) ?? plan.ranges.get(Math.floor(status / 100)) ?? plan.fallback;
  if (!shape?.content.some(({ format }) => format === 'binary') || !mayHaveBody(status)) return false;
  const content = matchContent(shape.content, contentType());
  return content !== null && content !== 'charset' && content.format === 'binary';
}

/**
 * The declared content an answer with a body has.
 *
 * @throws Refusal FILTER_BODY_UNEXPECTED where the response declares no body, FILTER_MEDIA_TYPE where not this one
 */
export function responseContent(shape: ResponseShape, content_type: string | undefined): ResponseContent {
  if (shape.content.length === 0) throw new Refusal('FILTER_BODY_UNEXPECTED', { rule: 'content' });
  const content = matchContent(shape.content, content_type);
  if (content === 'charset') throw new Refusal('FILTER_MEDIA_TYPE', { rule: 'charset' });
  if (!content) throw new Refusal('FILTER_MEDIA_TYPE', { rule: 'content-type' });
  return content;
}

/**
 * The declared header fields of an answer, held to their schemas; every other field is dropped by not being here.
 *
 * @param fields by lower-case name; an array where the field is repeated
 * @param context its bindings are compared where a header schema has `x-bind`
 * @returns flat name, value pairs
 * @throws Refusal FILTER_HEADER
 */
export function checkResponseHeaders(
  shape: ResponseShape,
  fields: { all(name: string): string | readonly string[] | undefined },
  context: Judging,
): string[] {
  const passed: string[] = [];
  for (const header of shape.headers) {
    const value = fields.all(header.name);
    if (value !== undefined) passed.push(header.name, judgeHeader(header, value, context));
    else if (header.required) refuse(header.at, 'required');
  }
  return passed;
}

function judgeHeader(header: ResponseHeader, value: string | readonly string[], context: Judging): string {
  const { parts, text } = takeHeader(typeof value === 'string' ? [value] : value, header);
  if (header.media === 'json') return judgeJsonText(header, text, header.at, context);
  judgeText(header, parts, header.at, context);
  return text;
}

/** What services parse as JSON or as a form, by whatever name it comes. */
const STRUCTURED = /[/+]json$|^application\/x-www-form-urlencoded$|^multipart\//;

/**
 * Whether a range lets pass unread what stands beside it to be judged: many services parse `text/json` as they parse
 * `application/json`.
 */
function isUnjudgedTwin(
  content: RequestContent,
  declared: readonly RequestContent[],
  content_type: string | undefined,
): boolean {
  if (!isMediaRange(content.media_type)) return false;
  const judged = declared.some(({ format }) => format !== 'text' && format !== 'binary');
  return judged && STRUCTURED.test(readMediaType(content_type ?? '')?.type ?? '');
}

/**
 * The declared content a request body has.
 *
 * @throws Refusal VALIDATE_MEDIA_TYPE
 */
export function requestContent(body: RequestBody, content_type: string | undefined): RequestContent {
  const content = matchContent(body.content, content_type);
  const pointer = 'header/content-type';
  if (content && content !== 'charset' && isUnjudgedTwin(content, body.content, content_type)) {
    throw new Refusal('VALIDATE_MEDIA_TYPE', { pointer, rule: 'content-type' });
  }
  if (content === 'charset') throw new Refusal('VALIDATE_MEDIA_TYPE', { pointer, rule: 'charset' });
  if (!content) throw new Refusal('VALIDATE_MEDIA_TYPE', { pointer, rule: 'content-type' });
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
