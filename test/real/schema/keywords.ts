/** What several schemas that hold at once say together, keyword by keyword. */
import type { Schema, SchemaObject } from './facets.ts';
import { expressionOf } from './pattern.ts';

/** Values of `const` or `enum` that all of them name; null where none names any. */
export function fixedValues(plain: readonly SchemaObject[]): readonly unknown[] | null {
  const lists = plain.flatMap((schema) => [
    ...('const' in schema ? [[schema['const']]] : []),
    ...(Array.isArray(schema['enum']) ? [schema['enum'] as unknown[]] : []),
  ]);
  const [first, ...others] = lists;
  if (first === undefined) return null;
  const common = first.filter((value) =>
    others.every((list) => list.some((other) => JSON.stringify(other) === JSON.stringify(value))),
  );
  if (common.length === 0) throw new Error('the values of enum exclude each other');
  return common;
}

export function impliedType(plain: readonly SchemaObject[]): string {
  const has = (...keywords: string[]) => plain.some((schema) => keywords.some((keyword) => keyword in schema));
  if (has('properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties')) return 'object';
  if (has('items', 'prefixItems', 'minItems', 'uniqueItems')) return 'array';
  if (has('minimum', 'maximum', 'multipleOf', 'exclusiveMinimum')) return 'number';
  return 'string';
}

/** What a schema says about members that it does not name: undefined where nothing. */
export function additional(schema: SchemaObject): Schema | undefined {
  return (schema['additionalProperties'] ?? schema['unevaluatedProperties']) as Schema | undefined;
}

export function isOpen(extra: Schema | undefined): boolean {
  return extra !== undefined && extra !== false;
}

export function memberSchemas(schema: SchemaObject, name: string): Schema[] {
  const named = (schema['properties'] as Record<string, Schema> | undefined) ?? {};
  const found: Schema[] = Object.hasOwn(named, name) ? [named[name]!] : [];
  for (const [pattern, each] of Object.entries((schema['patternProperties'] as Record<string, Schema>) ?? {})) {
    if (expressionOf(pattern).test(name)) found.push(each);
  }
  const extra = additional(schema);
  return found.length === 0 && extra !== undefined && extra !== false ? [extra] : found;
}

export function itemSchemas(schema: SchemaObject, index: number): Schema[] {
  const prefix = (schema['prefixItems'] as Schema[] | undefined) ?? [];
  if (index < prefix.length) return [prefix[index]!];
  return schema['items'] === undefined ? [] : [schema['items'] as Schema];
}

export function bounds(plain: readonly SchemaObject[]): { min: number; max: number } {
  let min = Number.NEGATIVE_INFINITY;
  let max = Number.POSITIVE_INFINITY;
  for (const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, format } of plain) {
    if (format === 'int8') max = Math.min(max, 127);
    if (format === 'uint8') min = Math.max(min, 0);
    const above = exclusiveMinimum === true ? 1 : 0;
    const under = exclusiveMaximum === true ? 1 : 0;
    if (typeof minimum === 'number') min = Math.max(min, minimum + above);
    if (typeof maximum === 'number') max = Math.min(max, maximum - under);
    if (typeof exclusiveMinimum === 'number') min = Math.max(min, exclusiveMinimum + 1);
    if (typeof exclusiveMaximum === 'number') max = Math.min(max, exclusiveMaximum - 1);
  }
  return { min, max };
}

export function numbers(plain: readonly SchemaObject[], keyword: string): number[] {
  return plain.flatMap((schema) => (typeof schema[keyword] === 'number' ? [schema[keyword] as number] : []));
}

export function isOf(value: unknown): (type: string) => boolean {
  return (type) => {
    if (type === 'null') return value === null;
    if (type === 'array') return Array.isArray(value);
    if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
    if (type === 'integer') return Number.isInteger(value);
    return typeof value === type;
  };
}
