import type { Compiler } from '../compiler.ts';
import type { Node } from '../pointer.ts';
import { compilePlan } from '../text/compile-plan.ts';
import { type JsonType, possibleTypes } from '../text/possible-types.ts';
import { findAll } from './applied.ts';
import type { PartPlan } from './types.ts';

const JSON_TYPE = /^application\/(?:json|[!#$&^_.+0-9a-z-]+\+json)$/;
/** What speaks of a string's text cannot be asked of bytes that are not text. */
const TEXT_ONLY = ['pattern', 'enum', 'const', 'anyOf', 'oneOf', 'not', 'if', 'x-bind'];
/** The stand-in of a binary part is as long as the least it may be. */
const MAX_MIN_BYTES = 65_536;

/**
 * How the parts of one property are read; null after a fault.
 *
 * @param types what `encoding` states for it; null where it states nothing
 */
export function planPart(compiler: Compiler, schema: Node, types: readonly string[] | null): PartPlan | null {
  const { root } = compiler.reader;
  if (!isArray(possibleTypes(root, schema))) return planItem(compiler, schema, types, false);
  const [items] = findAll(root, schema, 'items');
  if (!items) return refuse(compiler, schema, 'an array of parts needs items');
  const plan = planItem(compiler, items, types, true);
  const unique = findAll(root, schema, 'uniqueItems')[0];
  if (plan?.format === 'binary' && unique?.value === true) {
    return refuse(compiler, unique, 'uniqueItems cannot be held to the bytes of parts');
  }
  return plan;
}

function planItem(compiler: Compiler, schema: Node, stated: readonly string[] | null, array: boolean): PartPlan | null {
  const types = stated ?? mediaTypeOf(compiler, schema);
  const is_json = types?.every((type) => JSON_TYPE.test(type)) ?? false;
  if (isBinary(compiler, schema) || (isOpen(compiler, schema) && !is_json)) {
    return planBinary(compiler, schema, types, array);
  }
  const plan = compilePlan(compiler, schema, 'request', 0);
  if (is_json || (types === null && plan.scalars.length === 0)) return { format: 'json', array, types };
  const possible = possibleTypes(compiler.reader.root, schema);
  const mixed = plan.scalars.length === 0 || possible.has('object') || possible.has('array');
  if (mixed || types?.some((type) => JSON_TYPE.test(type))) {
    return refuse(compiler, schema, 'a part must be text, JSON or binary, not one of several');
  }
  const compiled = compiler.schemas.compile(schema, 'request');
  return compiled && { format: 'text', array, types, plan: { ...plan, schemas: [compiled] } };
}

/** Without any word on its type a part is bytes (OpenAPI 3.1.1 section 4.8.15, default of `contentType`). */
function isOpen({ reader: { root } }: Compiler, schema: Node): boolean {
  const says = ['type', 'enum', 'const', 'pattern', 'anyOf', 'oneOf', 'format', 'contentEncoding'];
  if (says.some((keyword) => findAll(root, schema, keyword).length > 0)) return false;
  const possible = possibleTypes(root, schema);
  return possible.size === 1 && possible.has('string');
}

/** `format: binary` of 3.0, or a media type of 3.1 without an encoding that makes text of it. */
function isBinary({ reader: { root } }: Compiler, schema: Node): boolean {
  if (findAll(root, schema, 'contentEncoding').length > 0) return false;
  const [type] = findAll(root, schema, 'contentMediaType');
  if (typeof type?.value === 'string' && !/^text\//i.test(type.value)) return true;
  return findAll(root, schema, 'format').some(({ value }) => value === 'binary');
}

function mediaTypeOf({ reader: { root } }: Compiler, schema: Node): string[] | null {
  const [type] = findAll(root, schema, 'contentMediaType');
  const encoded = findAll(root, schema, 'contentEncoding').length > 0;
  return typeof type?.value === 'string' && !encoded ? [type.value.toLowerCase()] : null;
}

function planBinary(
  compiler: Compiler,
  schema: Node,
  types: readonly string[] | null,
  array: boolean,
): PartPlan | null {
  const { root } = compiler.reader;
  for (const keyword of TEXT_ONLY) {
    const [found] = findAll(root, schema, keyword);
    if (found) return refuse(compiler, found, `${keyword} cannot be held to the bytes of a part`);
  }
  const min_bytes = Math.max(0, ...numbers(findAll(root, schema, 'minLength')));
  const max_bytes = Math.min(Number.POSITIVE_INFINITY, ...numbers(findAll(root, schema, 'maxLength')));
  if (min_bytes > MAX_MIN_BYTES)
    return refuse(compiler, schema, `a part of at least ${MAX_MIN_BYTES} bytes is not enforced`);
  return { format: 'binary', array, types, min_bytes, max_bytes };
}

function numbers(found: readonly Node[]): number[] {
  return found.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
}

function isArray(types: ReadonlySet<JsonType>): boolean {
  return types.has('array') && [...types].every((type) => type === 'array' || type === 'null');
}

function refuse({ reader }: Compiler, { pointer }: Node, message: string): null {
  reader.log.add('CONTRACT_UNSUPPORTED', pointer, message);
  return null;
}
