import { JsonError, type JsonParser, trim } from '../../../../protocol/json/index.ts';
import { ARRAY, OBJECT, STRING, type Tape } from '../../../../protocol/json/tape.ts';
import { children } from '../../../../protocol/json/value.ts';
import type { CheckResult } from '../../../../protocol/jsonschema/index.ts';
import type { Judging } from '../judge-json.ts';
import { refuseValue } from './judge.ts';
import type { At, TypedText } from './types.ts';

/**
 * A value whose description gives it a `content` of JSON: parsed strictly, judged, and written without blanks and in
 * ASCII, so that it can stand in a header field too. Numbers keep their digits, members their order.
 *
 * @returns the canonical JSON text
 * @throws Refusal as `at` says: `json` where it is not strict JSON, otherwise the broken keyword
 */
export function judgeJsonText(type: TypedText, text: string, at: At, context: Judging | undefined): string {
  const tape = parse(type, Buffer.from(text), at);
  const result: CheckResult = type.schema.check(tape, context);
  if (!result.ok) return refuseValue(at, result.keyword);
  if (result.undeclared.length > 0) return refuseValue(at, 'undeclared');
  return canonical(result.fills.length === 0 ? tape : parse(type, trim(tape, [], result.fills), at), 0);
}

/** Strict JSON in its canonical text, unjudged: its schema is part of a larger one. */
export function canonicalJson(parser: JsonParser, text: string, at: At): string {
  return canonical(parse({ parser }, Buffer.from(text), at), 0);
}

function parse({ parser }: Pick<TypedText, 'parser'>, bytes: Buffer, at: At): Tape {
  try {
    return parser.parse(bytes);
  } catch (error) {
    if (error instanceof JsonError) return refuseValue(at, 'json');
    throw error;
  }
}

function canonical(tape: Tape, node: number): string {
  const kind = tape.kind(node);
  if (kind === STRING) return asciiString(tape.stringAt(node));
  if (kind !== ARRAY && kind !== OBJECT) return tape.textAt(node);
  const inner = [...children(tape, node)].map((child) => {
    const value = canonical(tape, child);
    return kind === OBJECT ? `${asciiString(tape.keyOf(child) as string)}:${value}` : value;
  });
  return kind === OBJECT ? `{${inner.join(',')}}` : `[${inner.join(',')}]`;
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
