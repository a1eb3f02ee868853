import { facetsOf, isBranched, isListed, NO_FACETS, typesOf } from '../facets.ts';
import { judged, type LintRule } from '../rule.ts';

/** What identifiers are made of, without what a path or a shell gives a meaning. */
const ID = '^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$';

export const pathText: LintRule = {
  id: 'path-text',
  severity: 'loose',
  controls: ['API-3', 'AUTHZ-4'],
  title: 'A path parameter takes any text',
  why: 'It becomes part of a path, a file name or a query behind the gate, where signs have a meaning.',
  fix: 'Write a pattern, an enum or a format such as uuid.',
  parameter({ in: place, schema, name }, { document }) {
    if (place !== 'path' || schema === null) return [];
    const facets = facetsOf(document.root, schema, NO_FACETS);
    if (isListed(facets) || isBranched(facets) || !typesOf(facets).has('string')) return [];
    const shaped = facets.has('pattern') || facets.has('format');
    // A shared schema stands in other places too, where other signs may be right.
    const shared = facets.has('$ref');
    const mend = shared ? null : { pointer: schema.pointer, update: { pattern: ID } };
    return judged(schema.pointer, !shaped, `'${name}' has neither pattern nor format`, mend);
  },
};
