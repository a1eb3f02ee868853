import { isObject } from '../../../contract/pointer.ts';
import { typesOf } from '../facets.ts';
import { judged, type LintRule } from '../rule.ts';

const OF_OBJECTS = ['properties', 'additionalProperties', 'patternProperties', 'unevaluatedProperties'];
const OF_ARRAYS = ['items', 'prefixItems', 'unevaluatedItems'];
const DECLARING = [
  ...OF_OBJECTS,
  ...OF_ARRAYS,
  'type',
  'enum',
  'const',
  'anyOf',
  'oneOf',
  'format',
  'pattern',
  'maxLength',
  'if',
  '$ref',
];

export const emptySchema: LintRule = {
  id: 'empty-schema',
  severity: 'loose',
  controls: ['API-2', 'DATA-3'],
  title: 'A schema declares nothing',
  why: 'The gate takes any scalar there and of objects and arrays only the empty shell: requests with more are refused, answers lose everything below.',
  fix: 'Write the type, and of objects the properties, of arrays the items.',
  schema({ node, facets, whole }) {
    if (!whole || node.value === false) return [];
    if (!isObject(node.value)) return judged(node.pointer, true, 'the schema declares nothing');
    if (!DECLARING.some((keyword) => facets.has(keyword)))
      return judged(node.pointer, true, 'the schema declares nothing');
    const types = typesOf(facets);
    const shell =
      types.size === 1 && !['anyOf', 'oneOf', 'enum', 'const', 'if'].some((keyword) => facets.has(keyword))
        ? emptyShell(types, (keyword) => facets.has(keyword))
        : null;
    return judged(node.pointer, shell !== null, `${shell ?? ''}`);
  },
};

function emptyShell(types: ReadonlySet<string>, has: (keyword: string) => boolean): string | null {
  if (types.has('object') && !OF_OBJECTS.some(has)) return 'the object declares no members: only {} passes';
  if (types.has('array') && !OF_ARRAYS.some(has)) return 'the array declares no items: only empty shells pass in it';
  return null;
}
