import { isAnnotation } from './dialect.ts';
import type { Dialect, SchemaObject } from './types.ts';

const TYPES: Record<Dialect, ReadonlySet<unknown>> = {
  '3.0': new Set([undefined, 'boolean', 'integer', 'number', 'string', 'array', 'object']),
  '2020-12': new Set([undefined, 'null', 'boolean', 'integer', 'number', 'string', 'array', 'object']),
};

/**
 * What a schema without subschemas says, where that is no more than a type and a format: two of one key judge alike,
 * wherever they stand. Most schemas of a large description are among a few dozen.
 *
 * @returns null where it says more, or something that a fault or a note is to be told of
 */
export function plainKey(schema: SchemaObject, dialect: Dialect): string | null {
  const { type, format, nullable } = schema;
  if (!TYPES[dialect].has(type) || (format !== undefined && typeof format !== 'string')) return null;
  if (nullable !== undefined && (dialect !== '3.0' || typeof nullable !== 'boolean')) return null;
  for (const keyword in schema) {
    if (keyword === 'type' || keyword === 'format' || keyword === 'nullable') continue;
    if (!isAnnotation(keyword)) return null;
  }
  // Only the last part is free text.
  return `${nullable} ${type} ${format}`;
}
