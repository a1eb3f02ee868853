import { isObject } from '../../../contract/pointer.ts';
import { facetsOf, NO_FACETS, typesOf } from '../facets.ts';
import { judged, type LintRule } from '../rule.ts';

export const freeQuery: LintRule = {
  id: 'free-query',
  severity: 'danger',
  controls: ['API-2'],
  title: 'Query parameters with free names',
  why: 'Whatever a caller adds to the query reaches the service: switches for debugging, columns, filters nobody reviewed.',
  fix: 'Declare each parameter by its name.',
  parameter({ in: place, schema, name, node }, { document }) {
    if (place !== 'query' || schema === null) return [];
    const facets = facetsOf(document.root, schema, NO_FACETS);
    if (!typesOf(facets).has('object')) return judged(node.pointer, false, '');
    const more = facets.get('additionalProperties');
    const free = more === true || isObject(more) || facets.has('patternProperties');
    return judged(node.pointer, free, `'${name}' takes parameters of any name`);
  },
};
