import { atLeast, isEndlessText, judges } from '../bounds.ts';
import type { Facets } from '../facets.ts';
import { judged, type LintRule } from '../rule.ts';

const TYPICAL_LENGTH = 4096;

export const stringLength: LintRule = {
  id: 'string-length',
  severity: 'loose',
  controls: ['API-3'],
  title: 'A string has no largest length',
  why: 'Only the size of the whole body bounds it: the service has to cope with megabytes in a field meant for a name.',
  fix: 'Write maxLength, an enum, a bounded pattern (anchored, without * and +) or one of the formats date, date-time, time, uuid, ipv4, ipv6, hostname, email.',
  schema({ node, facets, whole }) {
    if (!whole || !judges(facets, 'string')) return [];
    const mend = { pointer: node.pointer, update: { maxLength: atLeast(TYPICAL_LENGTH, facets.get('minLength')) } };
    return judged(node.pointer, isEndlessText(facets), 'the string has no maxLength', isOpaque(facets) ? null : mend);
  },
};

/** Bytes of a file, which may well be megabytes: how large is for a person to say. */
function isOpaque(facets: Facets): boolean {
  return facets.get('format') === 'binary' || facets.has('contentMediaType');
}
