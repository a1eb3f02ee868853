import { isObject } from '../../../contract/pointer.ts';
import { atLeast } from '../bounds.ts';
import { judged, type LintRule } from '../rule.ts';

const TYPICAL_MEMBERS = 1000;

export const mapSize: LintRule = {
  id: 'map-size',
  severity: 'loose',
  controls: ['API-3'],
  title: 'An object with free names has no largest number of members',
  why: 'The names are chosen by whoever sends; only the size of the whole body says how many.',
  fix: 'Write maxProperties, and propertyNames with a pattern.',
  schema({ node, facets, whole }) {
    if (!whole || !(isObject(facets.get('additionalProperties')) || facets.has('patternProperties'))) return [];
    const mend = {
      pointer: node.pointer,
      update: { maxProperties: atLeast(TYPICAL_MEMBERS, facets.get('minProperties')) },
    };
    return judged(node.pointer, !facets.has('maxProperties'), 'free names without maxProperties', mend);
  },
};
