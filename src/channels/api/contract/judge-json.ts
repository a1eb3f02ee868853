import type { RefusalCode } from '../../../core/errors/codes.ts';
import { Refusal } from '../../../core/errors/refusal.ts';
import { JsonError, type JsonParser, pointerTo, type Tape } from '../../../protocol/json/index.ts';
import type { Accepted, CompiledSchema } from '../../../protocol/jsonschema/index.ts';
import type { Bindings } from './types.ts';

/** For whom a value is judged, and how much work that may take. */
export interface Judging {
  readonly bindings: Bindings;
  /** Steps of about 50 ns: `work` of the operation's limits. */
  readonly max_steps: number;
}

/** The code for each way in which a JSON text can be wrong. */
export interface JsonCodes {
  readonly form: RefusalCode;
  /** Larger or deeper than the limits. */
  readonly limit: RefusalCode;
  readonly schema: RefusalCode;
  readonly binding: RefusalCode;
}

export const REQUEST_JSON: JsonCodes = {
  form: 'VALIDATE_JSON',
  limit: 'VALIDATE_JSON_LIMIT',
  schema: 'VALIDATE_SCHEMA',
  binding: 'VALIDATE_BINDING',
};
export const ANSWER_JSON: JsonCodes = {
  form: 'FILTER_JSON',
  limit: 'FILTER_JSON',
  schema: 'FILTER_SCHEMA',
  binding: 'FILTER_SCHEMA',
};

/** Codes of the parser that are about size rather than form. */
const LIMITS: ReadonlySet<string> = new Set(['depth', 'keys', 'items', 'array', 'string', 'number', 'bytes']);

/**
 * Reads strict JSON.
 *
 * @param pointer of what it came in; '' for a whole body
 * @throws Refusal `form` or `limit` of the codes, with the parser's word as rule
 */
export function parseJson(bytes: Buffer, json: JsonParser, codes: JsonCodes, pointer = ''): Tape {
  try {
    return json.parse(bytes);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const code = LIMITS.has(error.code) ? codes.limit : codes.form;
    throw new Refusal(code, { pointer: pointer + (error.pointer ?? ''), rule: error.code });
  }
}

/**
 * Holds JSON to its schema.
 *
 * @throws Refusal `schema` or `binding` of the codes, with the broken keyword as rule
 */
export function judgeJson(tape: Tape, schema: CompiledSchema, context: Judging, codes: JsonCodes): Accepted {
  const result = schema.check(tape, context);
  if (result.ok) return result;
  const code = result.keyword === 'x-bind' ? codes.binding : codes.schema;
  throw new Refusal(code, { pointer: result.pointer, rule: result.keyword });
}

/**
 * As `judgeJson`, of a request: what is undeclared is refused.
 *
 * @throws Refusal VALIDATE_SCHEMA, VALIDATE_BINDING, VALIDATE_FIELD_UNDECLARED
 */
export function judgeRequest(tape: Tape, schema: CompiledSchema, context: Judging): Accepted {
  const result = judgeJson(tape, schema, context, REQUEST_JSON);
  const [undeclared] = result.undeclared;
  if (undeclared === undefined) return result;
  throw new Refusal('VALIDATE_FIELD_UNDECLARED', { pointer: pointerTo(tape, undeclared), rule: 'undeclared' });
}
