import { Refusal } from '../../../core/errors/index.ts';
import { JsonError, type JsonParser, pointerTo, type Tape, trim } from '../../../protocol/json/index.ts';
import type { CompiledSchema } from '../../../protocol/jsonschema/index.ts';
import type { Bindings } from '../contract/types.ts';
import type { PlannedOperation } from '../plan.ts';

/** How an operation's JSON is parsed, and how much work judging it may take. */
type JsonWork = Pick<PlannedOperation, 'json' | 'bounds'>;

/** Codes of the parser that are about size rather than form. */
const LIMIT_CODES: ReadonlySet<string> = new Set(['depth', 'keys', 'items', 'array', 'string', 'number', 'bytes']);

/**
 * A JSON request body against its schema, closed unless the schema opens itself; bound values that are absent are
 * filled in.
 *
 * @throws Refusal VALIDATE_JSON, VALIDATE_JSON_LIMIT, VALIDATE_SCHEMA, VALIDATE_BINDING, VALIDATE_FIELD_UNDECLARED
 */
export function readJson(
  bytes: Buffer,
  schema: CompiledSchema,
  bindings: Bindings,
  work: JsonWork,
  inspect: ((tape: Tape) => void) | undefined,
): Buffer {
  const tape = parseRequest(bytes, work.json);
  const result = schema.check(tape, { bindings, max_steps: work.bounds.max_steps });
  if (!result.ok) {
    const code = result.keyword === 'x-bind' ? 'VALIDATE_BINDING' : 'VALIDATE_SCHEMA';
    throw new Refusal(code, { pointer: result.pointer, rule: result.keyword });
  }
  const [undeclared] = result.undeclared;
  if (undeclared !== undefined) {
    throw new Refusal('VALIDATE_FIELD_UNDECLARED', { pointer: pointerTo(tape, undeclared), rule: 'undeclared' });
  }
  inspect?.(tape);
  return trim(tape, result.undeclared, result.fills);
}

function parseRequest(bytes: Buffer, json: JsonParser): Tape {
  try {
    return json.parse(bytes);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const code = LIMIT_CODES.has(error.code) ? 'VALIDATE_JSON_LIMIT' : 'VALIDATE_JSON';
    throw new Refusal(code, { pointer: error.pointer ?? '', rule: error.code });
  }
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
  schema: CompiledSchema,
  bindings: Bindings,
  work: JsonWork,
  inspect: (tape: Tape, undeclared: readonly number[]) => Buffer | null,
): { bytes: Buffer; trimmed: number; masked: Buffer | null } {
  const tape = parseAnswer(bytes, work.json);
  const result = schema.check(tape, { bindings, max_steps: work.bounds.max_steps });
  if (!result.ok) throw new Refusal('FILTER_SCHEMA', { pointer: result.pointer, rule: result.keyword });
  const masked = inspect(tape, result.undeclared);
  const trimmed = result.undeclared.length;
  if (masked) return { bytes: masked, trimmed, masked };
  return { bytes: trim(tape, result.undeclared, result.fills), trimmed, masked };
}

function parseAnswer(bytes: Buffer, json: JsonParser): Tape {
  try {
    return json.parse(bytes);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new Refusal('FILTER_JSON', { pointer: error.pointer ?? '', rule: error.code });
  }
}
