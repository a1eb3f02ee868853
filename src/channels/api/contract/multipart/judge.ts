import { Refusal } from '../../../../core/errors/refusal.ts';
import { JsonError, type JsonParser, pointerTo, type Tape, trim } from '../../../../protocol/json/index.ts';
import type { CompiledSchema } from '../../../../protocol/jsonschema/index.ts';
import type { MultipartContext } from './types.ts';

const LIMITS: ReadonlySet<string> = new Set(['depth', 'keys', 'items', 'number', 'bytes', 'string', 'array']);

/**
 * Reads strict JSON.
 *
 * @param pointer of the part it came in
 * @throws Refusal VALIDATE_JSON, VALIDATE_JSON_LIMIT
 */
export function parseJson(bytes: Buffer, json: JsonParser, pointer: string): Tape {
  try {
    return json.parse(bytes);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const code = LIMITS.has(error.code) ? 'VALIDATE_JSON_LIMIT' : 'VALIDATE_JSON';
    throw new Refusal(code, { pointer: pointer + (error.pointer ?? ''), rule: error.code });
  }
}

/**
 * Judges the object that all parts make together; what is bound to the caller and absent is filled in.
 *
 * @throws Refusal VALIDATE_JSON, VALIDATE_JSON_LIMIT, VALIDATE_SCHEMA, VALIDATE_BINDING, VALIDATE_FIELD_UNDECLARED
 */
export function judge(object: Buffer, schema: CompiledSchema, { bindings, json, max_steps }: MultipartContext): Tape {
  const tape = parseJson(object, json, '');
  const result = schema.check(tape, { bindings, max_steps });
  if (!result.ok) {
    const code = result.keyword === 'x-bind' ? 'VALIDATE_BINDING' : 'VALIDATE_SCHEMA';
    throw new Refusal(code, { pointer: result.pointer, rule: result.keyword });
  }
  const [undeclared] = result.undeclared;
  if (undeclared !== undefined) {
    throw new Refusal('VALIDATE_FIELD_UNDECLARED', { pointer: pointerTo(tape, undeclared), rule: 'undeclared' });
  }
  return result.fills.length === 0 ? tape : parseJson(trim(tape, [], result.fills), json, '');
}
