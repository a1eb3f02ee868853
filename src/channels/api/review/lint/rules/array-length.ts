import { atLeast, judges } from '../bounds.ts';
import { judged, type LintRule } from '../rule.ts';

const TYPICAL_ITEMS = 1000;

export const arrayLength: LintRule = {
  id: 'array-length',
  severity: 'loose',
  controls: ['API-3', 'DATA-6'],
  title: 'An array has no largest number of items',
  why: 'A request can ask for work without end, and an answer can hand out a whole table.',
  fix: 'Write maxItems.',
  schema({ node, facets, whole }) {
    if (!whole || !judges(facets, 'array')) return [];
    const bounded = facets.has('maxItems') || (facets.has('prefixItems') && facets.get('items') === false);
    const mend = { pointer: node.pointer, update: { maxItems: atLeast(TYPICAL_ITEMS, facets.get('minItems')) } };
    return judged(node.pointer, !bounded, 'the array has no maxItems', mend);
  },
};
