import { isObject, lookUp, member, members, type Node } from '../../../contract/pointer.ts';
import type { ReviewedDocument } from '../../document.ts';
import { judged, type LintRule } from '../rule.ts';

const KINDS = ['schemas', 'responses', 'parameters', 'requestBodies', 'headers', 'pathItems'];

export const unusedComponent: LintRule = {
  id: 'unused-component',
  severity: 'hint',
  controls: ['API-4'],
  title: 'A component that nothing uses',
  why: 'It is reviewed, or skipped, by everybody who reads the contract, and it is one reference away from being in force.',
  fix: 'Take it out.',
  document({ document }) {
    const used = usedPointers(document);
    const components = member({ value: document.root, pointer: '' }, 'components');
    if (components === null) return [];
    return KINDS.flatMap((kind) => {
      const holder = member(components, kind);
      return holder ? members(holder) : [];
    }).flatMap(([name, node]) => {
      const mend = { pointer: node.pointer, update: null };
      return judged(node.pointer, !used.has(node.pointer), `nothing uses '${name}'`, mend);
    });
  },
};

/** Components that something outside the components leads to, whichever part of them is meant. */
function usedPointers({ root }: ReviewedDocument): ReadonlySet<string> {
  const used = new Set<string>();
  const waiting: unknown[] = isObject(root)
    ? Object.entries(root).flatMap(([key, value]) => (key === 'components' ? [] : [value]))
    : [];
  const seen = new Set<unknown>();
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    waiting.push(...Object.values(value));
    for (const target of targetsOf(value as Readonly<Record<string, unknown>>, root)) {
      const component = componentAround(target.pointer);
      if (component !== null) used.add(component);
      // A component holds the alternatives that a discriminator names by its own name only.
      waiting.push(component === null ? target.value : lookUp(root, `#${encodeURI(component)}`)?.value);
    }
  }
  return used;
}

function targetsOf(object: Readonly<Record<string, unknown>>, root: unknown): Node[] {
  const { $ref: reference, mapping } = object;
  const mapped = isObject(mapping) ? Object.values(mapping) : [];
  return [reference, ...mapped].flatMap((text) => {
    if (typeof text !== 'string') return [];
    const local = text.startsWith('#') ? text : `#/components/schemas/${text}`;
    const target = lookUp(root, local);
    return target ? [target] : [];
  });
}

/** `/components/schemas/Order` for everything in it. */
function componentAround(pointer: string): string | null {
  return /^\/components\/[^/]+\/[^/]+/.exec(pointer)?.[0] ?? null;
}
