import { slashesOf } from './compile-parameters.ts';
import { isObject, lookUp, member, members, type Node } from './pointer.ts';
import type { Slashes } from './template.ts';

const MAX_HOPS = 16;

/**
 * What the parameters of a path may hold of slashes, read before the path is taken apart. Faults are left to those who
 * compile the parameters.
 *
 * @param holders the path item and the operation, whose own parameters override
 */
export function pathSlashes(root: unknown, holders: readonly Node[]): (name: string) => Slashes {
  const found = new Map<unknown, Slashes>();
  for (const holder of holders) {
    const list = member(holder, 'parameters');
    for (const [, item] of list ? members(list) : []) {
      const node = resolve(root, item);
      if (member(node, 'in')?.value === 'path') found.set(member(node, 'name')?.value, slashesOf(node));
    }
  }
  return (name) => found.get(name) ?? 'none';
}

function resolve(root: unknown, node: Node): Node {
  let current = node;
  for (let hops = 0; hops < MAX_HOPS && isObject(current.value); hops++) {
    const reference = member(current, '$ref')?.value;
    const next = typeof reference === 'string' ? lookUp(root, reference) : null;
    if (!next) break;
    current = next;
  }
  return current;
}
