import type { Node } from '../pointer.ts';
import { type ContractReader, clip } from '../reader.ts';
import { type FieldNames, foldName } from './fields.ts';
import type { Field } from './types.ts';

export interface DeclaredField<F extends Field> {
  readonly field: F;
  /** Where faults of its names stand. */
  readonly node: Node;
}

/**
 * Who takes which name. An exploded object has the names of its properties, and where its schema takes further ones
 * it takes what nobody else claims; there can be one of these, and no name may have two owners.
 */
export function compileNames<F extends Field>(
  reader: ContractReader,
  declared: readonly DeclaredField<F>[],
): FieldNames<F> {
  const exact = new Map<string, F>();
  const deep = new Map<string, F>();
  let others: F | null = null;
  const claim = (name: string, field: F, node: Node) => {
    if (!exact.has(name)) exact.set(name, field);
    else reader.log.add('CONTRACT_AMBIGUOUS', node.pointer, `'${clip(name)}' is the name of two values`);
  };
  for (const { field, node } of declared) {
    if (takesOwnName(field)) claim(field.name, field, node);
    if (field.style === 'deepObject' && field.media === 'text') deep.set(field.name, field);
    const { object } = field.plan;
    if (!object || field.style !== 'form' || !field.explode) continue;
    for (const name of object.properties.keys()) claim(name, field, node);
    if (!object.others) continue;
    if (others) {
      const message = 'two exploded objects take any name, so nobody could tell which';
      reader.log.add('CONTRACT_AMBIGUOUS', node.pointer, message, 'Use style deepObject, or close one schema');
    }
    others = field;
  }
  return { exact, deep, others, folded: new Set([...exact.keys(), ...deep.keys()].map(foldName)) };
}

/** An exploded object has no name of its own, and under `deepObject` only a single value stands without brackets. */
function takesOwnName({ style, explode, plan, media }: Field): boolean {
  if (media === 'json') return true;
  if (style === 'deepObject') return plan.scalars.length > 0;
  return style !== 'form' || !explode || plan.scalars.length > 0 || plan.array !== null;
}
