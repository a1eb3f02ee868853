import { isObject, members, type Node } from './pointer.ts';
import { find } from './scalar.ts';

/**
 * What a schema says about the bytes of a body, as far as it decides how these are read.
 *
 * - `binary`: opaque bytes, by `format: binary` (OpenAPI 3.0) or `contentMediaType` without `contentEncoding` (3.1)
 * - `string`: nothing but strings
 * - `empty`: nothing at all
 * - `structured`: anything else
 */
export type SchemaKind = 'binary' | 'string' | 'empty' | 'structured';

const MAX_HOPS = 16;

export function schemaKind(root: unknown, schema: Node | null, hops = 0): SchemaKind {
  if (schema === null || schema.value === true) return 'empty';
  if (!isObject(schema.value)) return 'structured';
  if (Object.keys(schema.value).length === 0) return 'empty';
  const at = (keyword: string) => find(root, schema, keyword)?.value;
  const type = at('type');
  const raw =
    at('format') === 'binary' || (at('contentMediaType') !== undefined && at('contentEncoding') === undefined);
  if (type === undefined ? at('contentMediaType') !== undefined && raw : isString(type) && raw) return 'binary';
  if (type !== undefined) return isString(type) ? 'string' : 'structured';
  const values = at('enum') ?? [at('const')];
  if (Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'string')) return 'string';
  return everyBranchIsString(root, schema, hops) ? 'string' : 'structured';
}

/** `null` cannot travel as text, so it adds no reading. */
function isString(type: unknown): boolean {
  const types = Array.isArray(type) ? type.filter((word) => word !== 'null') : [type];
  return types.length === 1 && types[0] === 'string';
}

function everyBranchIsString(root: unknown, schema: Node, hops: number): boolean {
  if (hops > MAX_HOPS) return false;
  const union = find(root, schema, 'oneOf') ?? find(root, schema, 'anyOf');
  const branches = union ? members(union) : [];
  return branches.length > 0 && branches.every(([, branch]) => schemaKind(root, branch, hops + 1) === 'string');
}

/** The bounds in bytes of a binary body: `minLength` and `maxLength`. */
export function byteBounds(root: unknown, schema: Node | null): { min_bytes: number; max_bytes: number } {
  const at = (keyword: string) => (schema ? find(root, schema, keyword)?.value : undefined);
  const min = at('minLength');
  const max = at('maxLength');
  return {
    min_bytes: typeof min === 'number' ? min : 0,
    max_bytes: typeof max === 'number' ? max : Number.POSITIVE_INFINITY,
  };
}

/** Keywords of a schema which would look enforced on bytes and are not. */
export function unjudgedOnBytes(root: unknown, schema: Node | null): Node[] {
  if (schema === null) return [];
  return ['pattern', 'enum', 'const', 'not', 'oneOf', 'anyOf'].flatMap((word) => find(root, schema, word) ?? []);
}
