import type { Dialect } from './types.ts';

/** Keywords that assert nothing (JSON Schema 2020-12 validation section 9, OpenAPI 3.x schema object). */
const ANNOTATIONS = [
  'title',
  'description',
  'default',
  'example',
  'deprecated',
  'externalDocs',
  'xml',
  // A hint to generators; `oneOf` and `anyOf` decide by themselves (OpenAPI 3.1 section 4.8.25).
  'discriminator',
];

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
];

const KEYWORDS: Record<Dialect, ReadonlySet<string>> = {
  '3.0': new Set([...ANNOTATIONS, ...SHARED, 'nullable']),
  '2020-12': new Set([
    ...ANNOTATIONS,
    ...SHARED,
    'examples',
    '$comment',
    '$schema',
    '$defs',
    'definitions',
    // Annotations by section 8 of the validation vocabulary.
    'contentEncoding',
    'contentMediaType',
    'contentSchema',
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
  ]),
};

const ANNOTATION_SET: ReadonlySet<string> = new Set(ANNOTATIONS);

/** Whether a keyword is understood: enforced, or known to assert nothing. */
export function isKnownKeyword(dialect: Dialect, keyword: string): boolean {
  return keyword.startsWith('x-') || KEYWORDS[dialect].has(keyword);
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
