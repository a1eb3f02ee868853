import { facetsOf, isListed, NO_FACETS, typesOf } from '../facets.ts';
import { judged, type LintRule } from '../rule.ts';

export const sequentialId: LintRule = {
  id: 'sequential-id',
  severity: 'loose',
  controls: ['AUTHZ-4'],
  title: 'An id in a path is a number',
  why: 'Numbers that count up can be guessed: whoever has one tries the next, and only the service stands between.',
  fix: 'Use random ids (type string, format uuid). Where the number must stay, let the service check the owner at every access, and bind the owner with x-bind.',
  parameter({ in: place, schema, name }, { document }) {
    if (place !== 'path' || schema === null) return [];
    const facets = facetsOf(document.root, schema, NO_FACETS);
    if (isListed(facets)) return [];
    const types = typesOf(facets);
    return judged(schema.pointer, types.has('integer') || types.has('number'), `'${name}' is a number`);
  },
};
