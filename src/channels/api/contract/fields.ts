/**
 * Which members of each OpenAPI object the gate enforces, which are words for readers, and which describe
 * something that happens elsewhere. A member in no table is refused: what is not enforced is not accepted.
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
}

/** Extensions of ours: refused where they would have no effect. Other `x-` members are words. */
export const OUR_EXTENSIONS = new Set(['x-bind', 'x-views', 'x-personal-data', 'x-sensitivity']);

const WORDS = { description: 'words', example: 'words', examples: 'words', deprecated: 'words' } as const;

export const DOCUMENT: FieldTable = {
  what: 'the document',
  fields: {
    openapi: 'read',
    info: 'read',
    paths: 'read',
    components: 'read',
    'x-sensitivity': 'read',
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
    summary: 'words',
    description: 'words',
    servers: 'ignored',
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
    'x-bind': 'read',
    'x-personal-data': 'read',
  },
};

export const HEADER: FieldTable = {
  what: 'a header',
  fields: { ...WORDS, required: 'read', style: 'read', explode: 'read', schema: 'read', 'x-personal-data': 'read' },
};

export const REQUEST_BODY: FieldTable = {
  what: 'a request body',
  fields: { description: 'words', content: 'read', required: 'read' },
};

export const MEDIA_TYPE: FieldTable = {
  what: 'a media type',
  fields: { schema: 'read', example: 'words', examples: 'words' },
};

export const RESPONSE: FieldTable = {
  what: 'a response',
  fields: { description: 'words', headers: 'read', content: 'read', links: 'ignored' },
};

/** Beside a $ref only words may stand: OpenAPI ignores anything else, so it would look enforced and not be. */
export const REFERENCE: FieldTable = {
  what: 'a reference',
  fields: { $ref: 'read', summary: 'words', description: 'words' },
};
