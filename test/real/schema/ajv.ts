/** What ajv says about instances: the second opinion on the generator and on the examples of a document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { discriminates, requires, type Schema, type SchemaObject } from './facets.ts';

export interface Oracle {
  /** False also where ajv cannot compile the schema. */
  accepts(schema: Schema, value: unknown): boolean;
  /** What ajv found wrong last. */
  reason(): string;
}

const IN_SCHEMAS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
const IN_SCHEMA = [
  'not',
  'if',
  'then',
  'else',
  'items',
  'contains',
  'propertyNames',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
] as const;
const IN_NAMED = ['properties', 'patternProperties', 'dependentSchemas', '$defs'] as const;
/** Words, and keywords by which ajv would do something else than judge. */
const DROPPED = new Set(['nullable', 'discriminator', 'example', 'examples', 'default', 'xml', '$id', '$schema']);

/** @param direction `readOnly` members are not required of requests, `writeOnly` ones not of responses */
export function oracleFor(
  version: '3.0' | '3.1',
  direction: 'request' | 'response',
  resolve: (reference: string) => Schema,
): Oracle {
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const names = new Map<string, string>();
  const compiled = new Map<Schema, ValidateFunction | null>();
  const hidden = direction === 'request' ? 'readOnly' : 'writeOnly';
  let reason = '';

  /** Every target of a reference is a schema of its own, known to ajv by a number. */
  const named = (reference: string): string => {
    const known = names.get(reference);
    if (known !== undefined) return known;
    const name = `https://oracle.example/${names.size}`;
    names.set(reference, name);
    ajv.addSchema(plain(resolve(reference)) as object, name);
    return name;
  };

  const plain = (schema: Schema): Schema => {
    if (typeof schema === 'boolean' || schema === null || typeof schema !== 'object') return schema;
    const reference = schema['$ref'];
    if (typeof reference === 'string') {
      const target = { $ref: named(reference) };
      return version === '3.0' ? target : { ...(plain({ ...schema, $ref: undefined } as never) as object), ...target };
    }
    const out: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (value !== undefined && !DROPPED.has(keyword) && !keyword.startsWith('x-')) out[keyword] = value;
    }
    for (const keyword of IN_SCHEMAS) {
      if (!Array.isArray(out[keyword])) continue;
      const branches = out[keyword] as Schema[];
      out[keyword] = branches.map((branch) => tagged(schema['discriminator'], branch, branches));
    }
    for (const keyword of IN_SCHEMA) if (out[keyword] !== undefined) out[keyword] = plain(out[keyword] as Schema);
    for (const keyword of IN_NAMED) {
      if (out[keyword] === undefined) continue;
      const members = Object.entries(out[keyword] as Record<string, Schema>);
      out[keyword] = Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
    }
    if (Array.isArray(out['required'])) out['required'] = (out['required'] as string[]).filter(isDue(schema));
    return version === '3.0' ? fromDraft4(schema, out) : out;
  };

  /** A discriminator chooses the branch; where one of them does without the property and it is absent, nothing does. */
  const tagged = (discriminator: unknown, branch: Schema, branches: readonly Schema[]): Schema => {
    const tag = discriminates(discriminator, branch);
    if (tag === null) return plain(branch);
    const [name] = tag['required'] as readonly [string];
    const chosen = branches.filter((each) => typeof each === 'object' && typeof each['$ref'] === 'string');
    const due = chosen.every((each) => requires(each, name, resolve));
    return { allOf: [plain(branch), due ? tag : { properties: tag['properties'] }] };
  };

  const isDue = (schema: SchemaObject) => (name: string) => {
    const members = (schema['properties'] ?? {}) as Record<string, Schema>;
    return !Object.hasOwn(members, name) || !says(members[name]!, hidden);
  };

  const says = (schema: Schema, keyword: string): boolean => {
    if (typeof schema === 'boolean') return false;
    const reference = schema['$ref'];
    return schema[keyword] === true || (typeof reference === 'string' && says(resolve(reference), keyword));
  };

  const functionOf = (schema: Schema): ValidateFunction | null => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    let made: ValidateFunction | null = null;
    try {
      made = ajv.compile(plain(schema) as object);
    } catch (error) {
      reason = `ajv: ${(error as Error).message}`;
    }
    compiled.set(schema, made);
    return made;
  };

  return {
    accepts(schema, value) {
      const validate = functionOf(schema);
      if (validate === null) return false;
      if (validate(value)) return true;
      const [first] = validate.errors ?? [];
      reason = `${first?.instancePath} ${first?.message} (${first?.schemaPath})`;
      return false;
    },
    reason: () => reason,
  };
}

/** OpenAPI 3.0 says in its own way what 2020-12 says otherwise. */
function fromDraft4(schema: Record<string, unknown>, out: Record<string, unknown>): Record<string, unknown> {
  if (schema['nullable'] === true && typeof schema['type'] === 'string') out['type'] = [schema['type'], 'null'];
  for (const [exclusive, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof schema[exclusive] !== 'boolean') continue;
    delete out[exclusive];
    if (!schema[exclusive]) continue;
    out[exclusive] = schema[bound];
    delete out[bound];
  }
  return out;
}
