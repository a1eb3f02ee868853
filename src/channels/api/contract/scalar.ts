import type { RefusalCode } from '../../../core/errors/codes.ts';
import { Refusal, type RefusalDetail } from '../../../core/errors/refusal.ts';
import { JsonError } from '../../../protocol/json/index.ts';
import { isObject, lookUp, member, members, type Node } from './pointer.ts';
import type { Bindings, ScalarKind, TextType, TypedText } from './types.ts';

/**
 * Values that travel as text (parameters and header fields) held to their schemas: the text becomes JSON of the
 * declared type, so one schema engine judges everything.
 */

/** One reading per type: integers without fraction or exponent, numbers by the JSON grammar, two booleans. */
const GRAMMAR: Readonly<Record<Exclude<ScalarKind, 'string'>, RegExp>> = {
  integer: /^(?:0|-?[1-9][0-9]*)$/,
  number: /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/,
  boolean: /^(?:true|false)$/,
};

/**
 * The type a schema gives to text: its own `type`, that of what it refers to or of an `allOf` member, or string
 * for an `enum` or `const` of strings. Null where the schema leaves it open, since text then has several readings.
 */
export function textType(root: unknown, schema: Node): TextType | null {
  const kind = kindOf(root, schema, 0);
  if (kind !== 'array') return kind && { kind, array: false };
  const items = find(root, schema, 'items', 0);
  const item = items && kindOf(root, items, 0);
  return item && item !== 'array' ? { kind: item, array: true } : null;
}

const MAX_HOPS = 16;

function kindOf(root: unknown, schema: Node, hops: number): ScalarKind | 'array' | null {
  const type = find(root, schema, 'type', hops)?.value;
  const only = Array.isArray(type) && type.length === 1 ? type[0] : type;
  if (only === 'string' || only === 'integer' || only === 'number' || only === 'boolean' || only === 'array')
    return only;
  if (type !== undefined) return null;
  const values = find(root, schema, 'enum', hops)?.value ?? [find(root, schema, 'const', hops)?.value];
  return Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'string')
    ? 'string'
    : null;
}

/** The first place of a keyword in a schema, through `$ref` and `allOf`: all of these apply to the value. */
export function find(root: unknown, schema: Node, keyword: string, hops = 0): Node | null {
  if (!isObject(schema.value) || hops > MAX_HOPS) return null;
  const own = member(schema, keyword);
  if (own) return own;
  const reference = member(schema, '$ref')?.value;
  const target = typeof reference === 'string' ? lookUp(root, reference) : null;
  const parts = member(schema, 'allOf');
  const further = [...(target ? [target] : []), ...(parts ? members(parts).map(([, part]) => part) : [])];
  for (const part of further) {
    const found = find(root, part, keyword, hops + 1);
    if (found) return found;
  }
  return null;
}

/**
 * Holds decoded text to its type and schema.
 *
 * @param texts the value, or the items of an array
 * @throws Refusal `code` at `place`, with the broken schema keyword as rule
 */
export function checkText(
  type: TypedText,
  texts: readonly string[],
  at: { readonly code: RefusalCode; readonly place: string },
  bindings: Bindings | undefined,
): void {
  const values = texts.map((text) => jsonText(type.kind, text) ?? refuse(at, 'type'));
  const json = type.array ? `[${values.join(',')}]` : (values[0] as string);
  const rule = brokenRule(type, json, bindings);
  if (rule === 'x-bind' && at.code === 'VALIDATE_PARAMETER') refuse({ ...at, code: 'VALIDATE_BINDING' }, rule);
  if (rule !== null) refuse(at, rule);
}

function jsonText(kind: ScalarKind, text: string): string | null {
  if (kind === 'string') return JSON.stringify(text);
  return GRAMMAR[kind].test(text) ? text : null;
}

function brokenRule({ schema, parser }: TypedText, json: string, bindings: Bindings | undefined): string | null {
  try {
    const result = schema.check(parser.parse(Buffer.from(json)), bindings ? { bindings } : {});
    if (!result.ok) return result.keyword;
    return result.undeclared.length > 0 ? 'undeclared' : null;
  } catch (error) {
    if (error instanceof JsonError) return 'type';
    throw error;
  }
}

function refuse(at: { readonly code: RefusalCode; readonly place: string }, rule: string): never {
  const detail: RefusalDetail = { pointer: at.place, rule };
  throw new Refusal(at.code, detail);
}
