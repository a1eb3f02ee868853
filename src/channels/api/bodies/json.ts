import { type JsonParser, type Tape, trim } from '../../../protocol/json/index.ts';
import type { CompiledSchema } from '../../../protocol/jsonschema/index.ts';
import { ANSWER_JSON, type Judging, judgeJson, judgeRequest, parseJson, REQUEST_JSON } from '../contract/judge-json.ts';

/** How a JSON body is judged, and the operation's parser, which carries its limits. */
interface JsonJudging {
  readonly schema: CompiledSchema;
  readonly json: JsonParser;
  readonly context: Judging;
}

/**
 * A JSON request body against its schema, closed unless the schema opens itself; bound values that are absent are
 * filled in.
 *
 * @throws Refusal VALIDATE_JSON, VALIDATE_JSON_LIMIT, VALIDATE_SCHEMA, VALIDATE_BINDING, VALIDATE_FIELD_UNDECLARED
 */
export function readJson(
  bytes: Buffer,
  { schema, json, context }: JsonJudging,
  inspect: ((tape: Tape) => void) | undefined,
): Buffer {
  const tape = parseJson(bytes, json, REQUEST_JSON);
  const { undeclared, fills } = judgeRequest(tape, schema, context);
  inspect?.(tape);
  return trim(tape, undeclared, fills);
}

/**
 * A JSON answer against the schema as its caller may see it, with what is undeclared left out.
 *
 * @param inspect looks at what is left; gives another text where something is masked
 * @returns `masked`: that other text, which must be judged in turn; null otherwise
 *
 * @throws Refusal FILTER_JSON, FILTER_SCHEMA
 */
export function trimJson(
  bytes: Buffer,
  { schema, json, context }: JsonJudging,
  inspect: (tape: Tape, undeclared: readonly number[]) => Buffer | null,
): { bytes: Buffer; trimmed: number; masked: Buffer | null } {
  const tape = parseJson(bytes, json, ANSWER_JSON);
  const { undeclared, fills } = judgeJson(tape, schema, context, ANSWER_JSON);
  const masked = inspect(tape, undeclared);
  const trimmed = undeclared.length;
  if (masked) return { bytes: masked, trimmed, masked };
  return { bytes: trim(tape, undeclared, fills), trimmed, masked };
}
