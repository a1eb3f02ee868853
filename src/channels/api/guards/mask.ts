import type { Tape } from '../../../protocol/json/tape.ts';
import type { Span } from './rule.ts';

/** Stands in place of what was found; its length says nothing about it. */
export const REMOVED = '[removed]';

/** A text without some of its parts; parts that touch or overlap become one. Never cuts a character of UTF-8 in two. */
export function masked(bytes: Buffer, spans: readonly Span[]): Buffer {
  const parts: Buffer[] = [];
  const mark = Buffer.from(REMOVED);
  let from = 0;
  for (const { start, end } of merged(bytes, spans)) {
    parts.push(bytes.subarray(from, start), mark);
    from = end;
  }
  parts.push(bytes.subarray(from));
  return Buffer.concat(parts);
}

function merged(bytes: Buffer, spans: readonly Span[]): Span[] {
  const whole = spans.map(({ start, end }) => ({ start: boundary(bytes, start, -1), end: boundary(bytes, end, 1) }));
  const result: { start: number; end: number }[] = [];
  for (const span of whole.sort((left, right) => left.start - right.start)) {
    const last = result.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else result.push(span);
  }
  return result;
}

function boundary(bytes: Buffer, at: number, step: 1 | -1): number {
  let edge = at;
  while (edge > 0 && edge < bytes.length && ((bytes[edge] as number) & 0xc0) === 0x80) edge += step;
  return edge;
}

/** A JSON text with other values for some of its strings, in document order. */
export function withStrings(tape: Tape, strings: readonly { readonly node: number; readonly text: Buffer }[]): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { node, text } of strings) {
    parts.push(tape.source.subarray(from, tape.start(node)), Buffer.from(JSON.stringify(text.toString())));
    from = tape.end(node);
  }
  parts.push(tape.source.subarray(from));
  return Buffer.concat(parts);
}
