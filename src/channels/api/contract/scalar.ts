import { isObject, lookUp, member, members, type Node } from './pointer.ts';
import type { ScalarKind } from './text/types.ts';

/** One reading per type: integers without fraction or exponent, numbers by the JSON grammar, two booleans. */
const GRAMMAR: Readonly<Record<Exclude<ScalarKind, 'string'>, RegExp>> = {
  integer: /^(?:0|-?[1-9][0-9]*)$/,
  number: /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/,
  boolean: /^(?:true|false)$/,
};

/** Text as JSON of a type: one schema engine judges everything. Null where the text is none of that type. */
export function scalarJson(kind: ScalarKind, text: string): string | null {
  if (kind === 'string') return JSON.stringify(text);
  return GRAMMAR[kind].test(text) ? text : null;
}

/** Whether a keyword stands anywhere in a schema or in what it refers to. */
export function mentions(root: unknown, schema: Node, keyword: string, seen = new Set<unknown>()): boolean {
  const { value } = schema;
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  if (member(schema, keyword)) return true;
  const reference = member(schema, '$ref')?.value;
  const target = typeof reference === 'string' ? lookUp(root, reference) : null;
  if (target && mentions(root, target, keyword, seen)) return true;
  return members(schema).some(([, inner]) => mentions(root, inner, keyword, seen));
}

/** The first place of a keyword in a schema, through `$ref` and `allOf`: all of these apply to the value. */
export function find(root: unknown, schema: Node, keyword: string, seen = new Set<string>()): Node | null {
  if (!isObject(schema.value) || seen.has(schema.pointer)) return null;
  seen.add(schema.pointer);
  const own = member(schema, keyword);
  if (own) return own;
  const reference = member(schema, '$ref')?.value;
  const target = typeof reference === 'string' ? lookUp(root, reference) : null;
  const parts = member(schema, 'allOf');
  const further = [...(target ? [target] : []), ...(parts ? members(parts).map(([, part]) => part) : [])];
  for (const part of further) {
    const found = find(root, part, keyword, seen);
    if (found) return found;
  }
  return null;
}
