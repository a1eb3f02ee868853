import { isEndlessNumber, judges } from '../bounds.ts';
import type { Facets } from '../facets.ts';
import { judged, type LintRule } from '../rule.ts';

export const numberRange: LintRule = {
  id: 'number-range',
  severity: 'loose',
  controls: ['API-3'],
  title: 'A number has no range',
  why: 'Negative amounts, numbers beyond 2^53 and numbers with thousands of digits pass, and receivers round or overflow each in its own way.',
  fix: 'Write minimum and maximum, an enum, or format int32 or int64 for integers.',
  schema({ node, facets, whole }) {
    if (!whole || !judges(facets, 'integer', 'number')) return [];
    const mend = { pointer: node.pointer, update: missingEnds(facets) };
    return judged(node.pointer, isEndlessNumber(facets), 'the number has no minimum or no maximum', mend);
  },
};

/** What every receiver can hold exactly. */
const FARTHEST = Number.MAX_SAFE_INTEGER;

function missingEnds(facets: Facets): Record<string, number> {
  const low = facets.has('minimum') || typeof facets.get('exclusiveMinimum') === 'number';
  const high = facets.has('maximum') || typeof facets.get('exclusiveMaximum') === 'number';
  return { ...(low ? {} : { minimum: -FARTHEST }), ...(high ? {} : { maximum: FARTHEST }) };
}
