import { z } from 'zod';
import { gateFile, partyFile } from './schema.ts';

/** The part of JSON Schema that our schemas use. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly writeOnly?: boolean;
  readonly 'x-kind'?: string;
}

/** The files a user writes that have a JSON Schema. */
export const SCHEMA_FILES = { gate: 'sallyport.schema.json', party: 'party.schema.json' } as const;

export type SchemaName = keyof typeof SCHEMA_FILES;

/** The JSON Schema (draft 2020-12) of a file as the user writes it: durations and sizes are still text. */
export function jsonSchema(name: SchemaName): JsonSchema {
  const schema = name === 'gate' ? gateFile : partyFile;
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    reused: 'inline',
    // zod drops the examples of a text that is read into another value; ours are examples of the text.
    override: ({ zodSchema, jsonSchema }) => {
      const examples = z.globalRegistry.get(zodSchema)?.['examples'];
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  }) as JsonSchema;
}

/** The schema that holds at a key path, or null where the path leads nowhere. */
export function schemaAt(root: JsonSchema, path: readonly PropertyKey[]): JsonSchema | null {
  let schema: JsonSchema | null = root;
  for (const step of path) {
    if (schema === null) return null;
    schema = child(schema, step);
  }
  return schema;
}

function child(schema: JsonSchema, step: PropertyKey): JsonSchema | null {
  if (typeof step === 'number') return schema.items ?? null;
  const property = Object.hasOwn(schema.properties ?? {}, step) ? schema.properties?.[String(step)] : undefined;
  if (property) return property;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null;
}
