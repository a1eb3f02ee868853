import { parseJson, trim } from '../../src/protocol/json/index.ts';
import {
  type CheckContext,
  compileSchema,
  SchemaError,
  type SchemaFault,
  type SchemaOptions,
} from '../../src/protocol/jsonschema/index.ts';

/** Schemas of tests stand for themselves: references start at the schema. */
export function options(schema: unknown, changes: Partial<SchemaOptions> = {}): SchemaOptions {
  return { dialect: '2020-12', document: schema, pointer: '', direction: 'request', ...changes };
}

/** What leaves the gate: the trimmed text, or `keyword pointer` of the violation. */
export function passed(
  schema: unknown,
  text: string,
  changes: Partial<SchemaOptions> = {},
  context: CheckContext = {},
) {
  const tape = parseJson(Buffer.from(text));
  const result = compileSchema(schema, options(schema, changes)).check(tape, context);
  return result.ok ? trim(tape, result.undeclared, result.fills).toString() : `${result.keyword} ${result.pointer}`;
}

export function response(schema: unknown, text: string, changes: Partial<SchemaOptions> = {}): string {
  return passed(schema, text, { direction: 'response', ...changes });
}

/** `ok`, or the keyword that failed. */
export function verdict(schema: unknown, text: string, changes: Partial<SchemaOptions> = {}): string {
  const result = compileSchema(schema, options(schema, changes)).check(parseJson(Buffer.from(text)));
  return result.ok ? 'ok' : result.keyword;
}

/** Faults of a schema that must not compile. */
export function faults(schema: unknown, changes: Partial<SchemaOptions> = {}): readonly SchemaFault[] {
  try {
    compileSchema(schema, options(schema, changes));
  } catch (error) {
    if (error instanceof SchemaError) return error.faults;
    throw error;
  }
  return [];
}
