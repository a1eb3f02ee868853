import type { Readable } from 'node:stream';
import { Refusal } from '../../../core/errors/index.ts';
import type { Tape } from '../../../protocol/json/index.ts';
import type { Judging } from '../contract/judge-json.ts';
import type { JsonAnswer, ResponseContent, TextContent } from '../contract/types.ts';
import type { ApiExchange } from '../exchange.ts';
import type { AnswerInspection } from '../guards/inspect-answer.ts';
import type { PlannedOperation } from '../plan.ts';
import { actualType } from './binary.ts';
import type { Coding } from './codings.ts';
import { type DecodeBounds, decoded, decodeWhole } from './decode.ts';
import { trimJson } from './json.ts';
import { binaryBounds, type SizeBounds } from './size.ts';
import { ANSWER_TEXT, checkTextBody, textType } from './text.ts';

/**
 * The whole body of an answer of JSON or text, held to its contract and trimmed to what the caller may see.
 *
 * @throws Refusal FILTER_JSON, FILTER_TEXT, FILTER_SCHEMA, FILTER_LEAK
 */
export function judgeAnswer(
  exchange: ApiExchange,
  content: JsonAnswer | TextContent,
  bytes: Buffer,
  { judging, inspection }: AnswerJudgement,
): Buffer {
  const { operation: planned, caller } = exchange.proven();
  const { media_type } = content;
  if (content.format === 'text') {
    const judge = (text: Buffer) => checkTextBody(text, content, judging, ANSWER_TEXT);
    judge(bytes);
    const masked = inspection.text(bytes, media_type);
    if (masked) unlessBroken(() => judge(masked), inspection);
    return masked ?? bytes;
  }
  const schema = content.schemaFor(exchange.zone_plan.viewerOf(caller));
  const work = { schema, json: planned.json, context: judging };
  const inspect = (tape: Tape, undeclared: readonly number[]) => inspection.json(tape, undeclared, media_type);
  const judge = (text: Buffer) => trimJson(text, work, inspect);
  const first = judge(bytes);
  exchange.upstream!.trimmed = first.trimmed;
  const { masked } = first;
  return masked ? unlessBroken(() => judge(masked), inspection).bytes : first.bytes;
}

/** What holds for the whole answer. */
export interface AnswerJudgement {
  readonly judging: Judging;
  readonly inspection: AnswerInspection;
}

/** What is masked must keep the contract as what came did. */
function unlessBroken<T>(judge: () => T, inspection: AnswerInspection): T {
  try {
    return judge();
  } catch (error) {
    if (error instanceof Refusal) inspection.refuseMasked();
    throw error;
  }
}

/** The Content-Type the caller gets. */
export function answerType(content: ResponseContent, stated: string | undefined): string {
  if (content.format === 'binary') return actualType(content.media_type, stated ?? '');
  return content.format === 'text' ? textType(content.media_type, stated ?? '') : content.media_type;
}

/** An answer whose upstream compressed it though it was asked not to. */
export function decodeAnswer(bytes: Buffer, coding: Coding, planned: PlannedOperation): Promise<Buffer> {
  const tooLarge = () => new Refusal('FILTER_BODY_TOO_LARGE');
  const size = { min_bytes: 0, max_bytes: planned.response_bytes, tooSmall: tooLarge, tooLarge };
  return decodeWhole(bytes, coding, decoding(planned, size));
}

export interface OpaqueAnswer {
  readonly body: Readable;
  readonly size: SizeBounds;
}

/** Opaque bytes with their bounds, any coding taken off. */
export function opaqueAnswer(
  body: Readable,
  content: ResponseContent & { readonly format: 'binary' },
  coding: Coding | null,
  planned: PlannedOperation,
): OpaqueAnswer {
  const limit = { max_bytes: planned.bounds.response_bytes, code: 'FILTER_BODY_TOO_LARGE' } as const;
  const size = binaryBounds(content, limit, 'FILTER_SCHEMA');
  return { size, body: coding === null ? body : decoded(body, coding, decoding(planned, size)) };
}

function decoding({ bounds }: PlannedOperation, size: SizeBounds): DecodeBounds {
  return { ...size, ratio: bounds.decompression_ratio, broken: 'FILTER_DECOMPRESSION' };
}
