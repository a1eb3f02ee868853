import { isObject, lookUp, member, members, type Node } from '../pointer.ts';

/** What holds for a value as a whole, wherever a schema says it. */

const MAX_HOPS = 16;

/** Every value of a keyword that holds for the value as a whole: through `$ref` and `allOf`. */
export function findAll(root: unknown, schema: Node, keyword: string, hops = 0): Node[] {
  if (!isObject(schema.value) || hops > MAX_HOPS) return [];
  const own = member(schema, keyword);
  return [...(own ? [own] : []), ...partsOf(root, schema).flatMap((part) => findAll(root, part, keyword, hops + 1))];
}

/** What else applies to the same value: the target of a `$ref` and the members of `allOf`. */
export function partsOf(root: unknown, schema: Node): Node[] {
  const reference = member(schema, '$ref')?.value;
  const target = typeof reference === 'string' ? lookUp(root, reference) : null;
  return [...(target ? [target] : []), ...childrenOf(schema, 'allOf')];
}

export function childrenOf(schema: Node, keyword: string): Node[] {
  const holder = member(schema, keyword);
  return holder ? members(holder).map(([, child]) => child) : [];
}
