import { editDistance } from '../../../protocol/text/edit-distance.ts';

/**
 * Which members of each OpenAPI object the gate enforces, which are words for readers, and which describe
 * something that happens elsewhere. A member that no table and no schema knows has no effect and is noted; one that
 * looks like a known one, or that is one and stands in the wrong place, is refused: its author means it to be enforced.
 */

/**
 * - `read`: the loader reads and enforces it
 * - `words`: documentation, no effect anywhere
 * - `ignored`: has an effect in OpenAPI and none at the gate; listed among the contract's notes
 */
export type Use = 'read' | 'words' | 'ignored';

export interface FieldTable {
  /** What the object is called in messages, with its article. */
  readonly what: string;
  readonly fields: Readonly<Record<string, Use>>;
  /** Members which only OpenAPI 3.1 has. */
  readonly since_3_1?: Readonly<Record<string, Use>>;
  /** No other member may stand here at all, but for extensions. */
  readonly strict?: true;
}

/** Extensions of ours: refused where they would have no effect. Other `x-` members are words. */
export const OUR_EXTENSIONS = new Set([
  'x-bind',
  'x-views',
  'x-personal-data',
  'x-sensitivity',
  'x-limits',
  'x-guards',
  'x-encoded-slash',
  'x-multi-segment',
]);

const WORDS = { description: 'words', example: 'words', examples: 'words', deprecated: 'words' } as const;

export const DOCUMENT: FieldTable = {
  what: 'the document',
  fields: {
    openapi: 'read',
    info: 'read',
    paths: 'read',
    components: 'read',
    'x-sensitivity': 'read',
    'x-limits': 'read',
    'x-guards': 'read',
    servers: 'ignored',
    security: 'ignored',
    tags: 'words',
    externalDocs: 'words',
  },
  since_3_1: { jsonSchemaDialect: 'read', webhooks: 'ignored' },
};

export const COMPONENTS: FieldTable = {
  what: 'components',
  fields: {
    schemas: 'read',
    responses: 'read',
    parameters: 'read',
    requestBodies: 'read',
    headers: 'read',
    examples: 'words',
    securitySchemes: 'ignored',
    links: 'ignored',
    callbacks: 'ignored',
  },
  since_3_1: { pathItems: 'read' },
};

export const PATH_ITEM: FieldTable = {
  what: 'a path item',
  fields: {
    get: 'read',
    head: 'read',
    options: 'read',
    put: 'read',
    delete: 'read',
    post: 'read',
    patch: 'read',
    parameters: 'read',
    'x-sensitivity': 'read',
    'x-limits': 'read',
    'x-guards': 'read',
    summary: 'words',
    description: 'words',
    servers: 'ignored',
    // Never carried (RFC 9110 section 9.3.8): it is dropped, and does not exist at the gate.
    trace: 'ignored',
  },
};

export const OPERATION: FieldTable = {
  what: 'an operation',
  fields: {
    operationId: 'read',
    parameters: 'read',
    requestBody: 'read',
    responses: 'read',
    tags: 'read',
    'x-sensitivity': 'read',
    'x-limits': 'read',
    'x-guards': 'read',
    summary: 'words',
    description: 'words',
    externalDocs: 'words',
    deprecated: 'words',
    security: 'ignored',
    servers: 'ignored',
    callbacks: 'ignored',
  },
};

export const PARAMETER: FieldTable = {
  what: 'a parameter',
  fields: {
    ...WORDS,
    name: 'read',
    in: 'read',
    required: 'read',
    style: 'read',
    explode: 'read',
    schema: 'read',
    allowEmptyValue: 'read',
    allowReserved: 'read',
    content: 'read',
    'x-bind': 'read',
    'x-personal-data': 'read',
    'x-encoded-slash': 'read',
    'x-multi-segment': 'read',
  },
};

export const HEADER: FieldTable = {
  what: 'a header',
  fields: {
    ...WORDS,
    required: 'read',
    style: 'read',
    explode: 'read',
    schema: 'read',
    content: 'read',
    allowEmptyValue: 'ignored',
    allowReserved: 'ignored',
    'x-personal-data': 'read',
  },
};

export const REQUEST_BODY: FieldTable = {
  what: 'a request body',
  fields: { description: 'words', content: 'read', required: 'read' },
};

export const MEDIA_TYPE: FieldTable = {
  what: 'a media type',
  fields: { schema: 'read', encoding: 'read', example: 'words', examples: 'words' },
};

export const ENCODING: FieldTable = {
  what: 'an encoding',
  fields: { contentType: 'read', style: 'read', explode: 'read', allowReserved: 'read', headers: 'ignored' },
};

export const RESPONSE: FieldTable = {
  what: 'a response',
  fields: { description: 'words', headers: 'read', content: 'read', links: 'ignored' },
};

/** Beside a $ref only words may stand: OpenAPI ignores anything else, so it would look enforced and not be. */
export const REFERENCE: FieldTable = {
  what: 'a reference',
  strict: true,
  fields: { $ref: 'read', summary: 'words', description: 'words' },
};

const TABLES = [DOCUMENT, COMPONENTS, PATH_ITEM, OPERATION, PARAMETER, HEADER, REQUEST_BODY, MEDIA_TYPE, RESPONSE];

/** Members that some object enforces, and keywords that some schema does. */
const ENFORCED: ReadonlySet<string> = new Set(
  TABLES.flatMap(({ fields, since_3_1 }) => Object.entries({ ...fields, ...since_3_1 }))
    .filter(([, use]) => use === 'read')
    .map(([field]) => field),
);

/** Whether a member that is unknown where it stands is a known one misspelt or misplaced. */
export function isMeant(key: string, table: FieldTable): boolean {
  if (ENFORCED.has(key) || SCHEMA_ASSERTIONS.has(key)) return true;
  return Object.keys({ ...table.fields, ...table.since_3_1 }).some((field) => isTypo(key, field));
}

/** At most two edits, and less than half of the word: `deprecatedd`, but not `id` for `in`. */
export function isTypo(key: string, field: string): boolean {
  if (Math.abs(key.length - field.length) > 2 || key.length > 64) return false;
  const distance = editDistance(key.toLowerCase(), field.toLowerCase());
  return distance <= 2 && distance * 2 < field.length;
}

/** Keywords of schemas that assert something: beside a schema they look enforced and are not. */
const SCHEMA_ASSERTIONS: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'const', 'format', 'pattern', 'minLength', 'maxLength', 'nullable', 'readOnly', 'writeOnly'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'properties', 'additionalProperties'],
  ...[
    'items',
    'minItems',
    'maxItems',
    'uniqueItems',
    'minProperties',
    'maxProperties',
    'allOf',
    'anyOf',
    'oneOf',
    'not',
  ],
]);
