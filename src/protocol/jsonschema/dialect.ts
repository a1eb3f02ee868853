import { editDistance } from '../text/edit-distance.ts';
import type { Dialect } from './types.ts';

/** Keywords that assert nothing (JSON Schema 2020-12 validation section 9, OpenAPI 3.x schema object). */
const ANNOTATIONS = ['title', 'description', 'default', 'example', 'deprecated', 'externalDocs', 'xml'];

const SHARED = [
  '$ref',
  'type',
  'enum',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'format',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'readOnly',
  'writeOnly',
  'discriminator',
];

/** Assertions and applicators of 2020-12 that OpenAPI 3.0 does not have. */
const NEWER = [
  'const',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
  'unevaluatedItems',
  'prefixItems',
  'contains',
  'minContains',
  'maxContains',
  'dependentRequired',
  'dependentSchemas',
  'if',
  'then',
  'else',
];

/** Words of 2020-12; `content*` are annotations by section 8 of the validation vocabulary. */
const NEWER_WORDS = [
  'examples',
  '$comment',
  '$schema',
  '$vocabulary',
  '$defs',
  'definitions',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
];

const IDENTIFIERS = ['$id', '$anchor', '$dynamicAnchor'];

const OWN: Record<Dialect, ReadonlySet<string>> = {
  '3.0': new Set([...ANNOTATIONS, ...SHARED, 'nullable']),
  '2020-12': new Set([...ANNOTATIONS, ...SHARED, ...NEWER, ...NEWER_WORDS, ...IDENTIFIERS, '$dynamicRef']),
};

/** Keywords of another dialect whose meaning is beyond doubt: enforced, because their authors mean them. */
const BORROWED: Record<Dialect, ReadonlySet<string>> = {
  '3.0': new Set([...NEWER, 'dependencies']),
  '2020-12': new Set(['dependencies']),
};

/** Keywords of another dialect without which the schema says something else, and which cannot be enforced here. */
const FOREIGN: Record<Dialect, ReadonlySet<string>> = {
  '3.0': new Set(['$dynamicRef', '$recursiveRef', 'extends', 'disallow']),
  '2020-12': new Set(['$recursiveRef', 'extends', 'disallow']),
};

/** Without effect, and known well enough not to be taken for a slip of the pen. */
const IDLE: ReadonlySet<string> = new Set([
  ...NEWER_WORDS,
  ...IDENTIFIERS,
  ...['nullable', 'id', 'additionalItems', '$recursiveAnchor'],
]);

const ALL_KEYWORDS = [...new Set([...OWN['3.0'], ...OWN['2020-12'], ...BORROWED['2020-12']])];

/** What a keyword is in a dialect. */
export type Standing =
  | { readonly kind: 'own' | 'borrowed' | 'foreign' | 'idle' }
  | { readonly kind: 'slip'; readonly meant: string };

export function standingOf(dialect: Dialect, keyword: string): Standing {
  if (keyword.startsWith('x-') || OWN[dialect].has(keyword)) return { kind: 'own' };
  if (BORROWED[dialect].has(keyword)) return { kind: 'borrowed' };
  if (FOREIGN[dialect].has(keyword)) return { kind: 'foreign' };
  if (IDLE.has(keyword)) return { kind: 'idle' };
  const meant = ALL_KEYWORDS.find((known) => isSlip(keyword, known));
  return meant === undefined ? { kind: 'idle' } : { kind: 'slip', meant };
}

/** Longer words are not compared: none of the keywords is near. */
const MAX_COMPARED = 32;

/**
 * Whether a word was most likely meant to be a keyword: at most two edits away, one where the keyword has four
 * letters, and of shorter ones only two letters swapped, or else `note` would be a slip for `not`.
 */
function isSlip(word: string, keyword: string): boolean {
  if (word.length > MAX_COMPARED) return false;
  const most = keyword.length > 4 ? 2 : 1;
  if (keyword.length < 4 && !isSwapped(word, keyword)) return word.toLowerCase() === keyword;
  return editDistance(word.toLowerCase(), keyword.toLowerCase()) <= most;
}

function isSwapped(word: string, keyword: string): boolean {
  return [...word].sort().join('') === [...keyword].sort().join('');
}

const ANNOTATION_SET: ReadonlySet<string> = new Set([...ANNOTATIONS, ...NEWER_WORDS, 'discriminator']);

const WORDS: ReadonlySet<string> = new Set(ANNOTATIONS);

/** Whether a keyword asserts nothing, in every dialect. */
export function isAnnotation(keyword: string): boolean {
  return WORDS.has(keyword);
}

/** Whether a keyword may stand beside `$ref` in OpenAPI 3.0, where everything beside it is ignored. */
export function isHarmlessBesideRef(keyword: string): boolean {
  return keyword === '$ref' || keyword.startsWith('x-') || ANNOTATION_SET.has(keyword);
}

/** `$schema` values that name the dialect the compiler implements. */
export const SCHEMA_URIS: ReadonlySet<unknown> = new Set([
  'https://json-schema.org/draft/2020-12/schema',
  'https://json-schema.org/draft/2020-12/schema#',
  'https://spec.openapis.org/oas/3.1/dialect/base',
]);
