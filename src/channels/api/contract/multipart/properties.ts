import { isObject, member, members, type Node } from '../pointer.ts';
import { childrenOf, findAll, partsOf } from './applied.ts';

/** What an object schema says of its members, wherever it says so. */
export interface Properties {
  /** Each name with every schema some place gives it. */
  readonly named: ReadonlyMap<string, readonly Node[]>;
  /** Schemas for names that no property has; `true` and `false` included. */
  readonly others: readonly Node[];
  /** Names by pattern: these have no place in a form. */
  readonly patterns: Node | null;
}

const MAX_HOPS = 16;

/** Gathers properties through `$ref`, `allOf`, `anyOf` and `oneOf`: a part may belong to any of these. */
export function propertiesOf(root: unknown, schema: Node): Properties {
  const named = new Map<string, Node[]>();
  gather(root, schema, named, 0);
  const others = ['additionalProperties', 'unevaluatedProperties'].flatMap((word) => findAll(root, schema, word));
  return { named, others, patterns: findAll(root, schema, 'patternProperties')[0] ?? null };
}

function gather(root: unknown, schema: Node, named: Map<string, Node[]>, hops: number): void {
  if (!isObject(schema.value) || hops > MAX_HOPS) return;
  const own = member(schema, 'properties');
  for (const [name, property] of own ? members(own) : []) {
    const known = named.get(name) ?? [];
    if (!known.some(({ pointer }) => pointer === property.pointer)) known.push(property);
    named.set(name, known);
  }
  const branches = ['anyOf', 'oneOf'].flatMap((keyword) => childrenOf(schema, keyword));
  for (const part of [...partsOf(root, schema), ...branches]) gather(root, part, named, hops + 1);
}
