import { type Tape, trim } from '../../../../protocol/json/index.ts';
import type { CompiledSchema } from '../../../../protocol/jsonschema/index.ts';
import { judgeRequest, parseJson, REQUEST_JSON } from '../judge-json.ts';
import type { MultipartContext } from './types.ts';

/**
 * Judges the object that all parts make together; what is bound to the caller and absent is filled in.
 *
 * @throws Refusal VALIDATE_JSON, VALIDATE_JSON_LIMIT, VALIDATE_SCHEMA, VALIDATE_BINDING, VALIDATE_FIELD_UNDECLARED
 */
export function judge(object: Buffer, schema: CompiledSchema, context: MultipartContext): Tape {
  const tape = parseJson(object, context.json, REQUEST_JSON);
  const { fills } = judgeRequest(tape, schema, context);
  return fills.length === 0 ? tape : parseJson(trim(tape, [], fills), context.json, REQUEST_JSON);
}
