import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DiffChange, diffDocuments } from '../../src/channels/api/review/diff/diff.ts';
import { described, type Json, paths } from './world.ts';

const NONE = 'none';

/** `possible! kind`, where `!` is what may break callers. */
function shown(changes: readonly DiffChange[]): string {
  return changes.map(({ effect, kind, breaking }) => `${effect}${breaking ? '!' : ''} ${kind}`).join(', ') || NONE;
}

/** The same without what only says that something reads differently. */
function meant(changes: readonly DiffChange[]): string {
  return shown(changes.filter(({ kind }) => kind !== 'rewritten' && kind !== 'described'));
}

const diff = (before: unknown, after: unknown) => diffDocuments(before, after).changes;

/** A schema before and after, what its change means in a request and in an answer. */
type Row = readonly [what: string, before: Json | boolean, after: Json | boolean, request: string, response: string];

const object = (properties: Json, more: Json = {}): Json => ({ type: 'object', properties, ...more });
const NAME = { type: 'string', maxLength: 9 };

const ROWS: readonly Row[] = [
  ['a larger bound', { maxLength: 5 }, { maxLength: 9 }, 'possible bound-looser', 'possible! bound-looser'],
  ['a smaller bound', { maxLength: 9 }, { maxLength: 5 }, 'impossible! bound-tighter', 'impossible bound-tighter'],
  ['a bound gone', { maxItems: 5 }, {}, 'possible bound-looser', 'possible! bound-looser'],
  ['a smaller least', { minimum: 5 }, { minimum: 2 }, 'possible bound-looser', 'possible! bound-looser'],
  ['a least that says nothing', {}, { minLength: 0 }, NONE, NONE],
  [
    'an exclusive bound',
    { maximum: 5 },
    { exclusiveMaximum: 5 },
    'impossible! bound-tighter',
    'impossible bound-tighter',
  ],
  ['a value more', { enum: ['a'] }, { enum: ['b', 'a'] }, 'possible value-added', 'possible! value-added'],
  ['a value less', { enum: ['a', 'b'] }, { enum: ['b'] }, 'impossible! value-removed', 'impossible value-removed'],
  ['any value', { const: 'a' }, {}, 'possible values-free', 'possible! values-free'],
  ['listed values', {}, { enum: ['a'] }, 'impossible! values-listed', 'impossible values-listed'],
  ['values in other order', { enum: ['a', 'b'] }, { enum: ['b', 'a'] }, NONE, NONE],
  ['a type more', { type: 'string' }, { type: ['string', 'null'] }, 'possible type-wider', 'possible! type-wider'],
  [
    'a type less',
    { type: ['string', 'null'] },
    { type: 'string' },
    'impossible! type-narrower',
    'impossible type-narrower',
  ],
  ['integers only', { type: 'number' }, { type: 'integer' }, 'impossible! type-narrower', 'impossible type-narrower'],
  ['any number', { type: 'integer' }, { type: 'number' }, 'possible type-wider', 'possible! type-wider'],
  ['a pattern gone', { pattern: '^a$' }, {}, 'possible pattern-removed', 'possible! pattern-removed'],
  ['a pattern', {}, { pattern: '^a$' }, 'impossible! pattern-added', 'impossible pattern-added'],
  [
    'another pattern',
    { pattern: '^a$' },
    { pattern: '^b$' },
    'possible! pattern-uncompared',
    'possible! pattern-uncompared',
  ],
  ['a format gone', { format: 'uuid' }, {}, 'possible format-looser', 'possible! format-looser'],
  [
    'another format',
    { format: 'uuid' },
    { format: 'date' },
    'possible! format-uncompared',
    'possible! format-uncompared',
  ],
  ['a format of words', { format: 'money' }, {}, 'words format-words', 'words format-words'],
  ['a wider range', { format: 'int32' }, { format: 'int64' }, 'possible format-looser', 'possible! format-looser'],
  ['a divisor', { multipleOf: 6 }, { multipleOf: 3 }, 'possible multiple-looser', 'possible! multiple-looser'],
  ['a multiple', { multipleOf: 3 }, { multipleOf: 6 }, 'impossible! multiple-tighter', 'impossible multiple-tighter'],
  ['repeated items', { uniqueItems: true }, {}, 'possible unique-looser', 'possible! unique-looser'],
  ['a field more', object({}), object({ a: NAME }), 'possible field-added', 'possible field-added'],
  ['a field less', object({ a: NAME }), object({}), 'impossible! field-removed', 'impossible! field-removed'],
  [
    'a field that may be absent',
    object({ a: NAME }, { required: ['a'] }),
    object({ a: NAME }),
    'possible field-optional',
    'possible! field-optional',
  ],
  [
    'a field that must be there',
    object({ a: NAME }),
    object({ a: NAME }, { required: ['a'] }),
    'impossible! field-required',
    'impossible field-required',
  ],
  ['a field of requests only', object({}), object({ a: { ...NAME, writeOnly: true } }), 'possible field-added', NONE],
  ['a field of answers only', object({}), object({ a: { ...NAME, readOnly: true } }), NONE, 'possible field-added'],
  [
    'a field that only answers had',
    object({ a: { ...NAME, readOnly: true } }),
    object({ a: NAME }),
    'possible field-added',
    NONE,
  ],
  [
    'an open object',
    object({}),
    object({}, { additionalProperties: true }),
    'possible rest-wider',
    'possible! rest-wider',
  ],
  [
    'closed again',
    object({}, { additionalProperties: true }),
    object({}),
    'impossible! rest-narrower',
    'impossible rest-narrower',
  ],
  ['closed in words', object({}), object({}, { additionalProperties: false }), NONE, NONE],
  [
    'free names by a schema',
    object({}),
    object({}, { additionalProperties: NAME }),
    'possible rest-wider',
    'possible! rest-wider',
  ],
  [
    'a bound below free names',
    object({}, { additionalProperties: NAME }),
    object({}, { additionalProperties: { type: 'string' } }),
    'possible bound-looser',
    'possible! bound-looser',
  ],
  [
    'a name taken out of free names',
    object({}, { additionalProperties: NAME }),
    object({ a: { type: 'string' } }, { additionalProperties: NAME }),
    'possible bound-looser',
    'possible! bound-looser',
  ],
  [
    'a declared field in an open object',
    object({}, { additionalProperties: true }),
    object({ a: NAME }, { additionalProperties: true }),
    'impossible! field-judged',
    'impossible field-judged',
  ],
  ['items', { type: 'array' }, { type: 'array', items: NAME }, 'possible rest-wider', 'possible! rest-wider'],
  ['an item', { prefixItems: [NAME] }, { prefixItems: [NAME, NAME] }, 'possible field-added', 'possible field-added'],
  ['anything at all', NAME, true, 'possible schema-open', 'possible! schema-open'],
  [
    'an alternative more',
    { oneOf: [{ type: 'string' }] },
    { oneOf: [{ type: 'boolean' }, { type: 'string' }] },
    'possible alternative-added',
    'possible! alternative-added',
  ],
  [
    'an alternative less',
    { anyOf: [{ type: 'string' }, { type: 'boolean' }] },
    { anyOf: [{ type: 'string' }] },
    'impossible! alternative-removed',
    'impossible alternative-removed',
  ],
  ['a choice of one', { type: 'string' }, { oneOf: [{ type: 'string' }] }, NONE, NONE],
  [
    'a choice',
    { type: 'string' },
    { oneOf: [{ type: 'null' }, { type: 'string' }] },
    'possible alternative-added',
    'possible! alternative-added',
  ],
  [
    'no choice any more',
    { oneOf: [{ type: 'null' }, { type: 'string' }] },
    { type: 'string' },
    'impossible! alternative-removed',
    'impossible alternative-removed',
  ],
  [
    'a bound in an alternative known by its mark',
    { oneOf: [object({ kind: { const: 'a' } }), object({ kind: { const: 'b' }, x: { maxLength: 2 } })] },
    { oneOf: [object({ kind: { const: 'b' }, x: { maxLength: 3 } }), object({ kind: { const: 'a' } })] },
    'possible bound-looser',
    'possible! bound-looser',
  ],
  ['parts joined', { allOf: [{ type: 'string' }, { maxLength: 9 }] }, NAME, NONE, NONE],
  [
    'another test',
    { not: { const: 1 } },
    { not: { const: 2 } },
    'possible! test-uncompared',
    'possible! test-uncompared',
  ],
  ['a test gone', { if: { const: 1 } }, {}, 'possible test-removed', 'possible! test-removed'],
  ['a keyword nobody here knows', {}, { frobnicate: 1 }, 'impossible! test-added', 'impossible test-added'],
  ['a binding gone', { 'x-bind': 'principal.party' }, {}, 'possible x-bind-removed', 'possible! x-bind-removed'],
  ['words', { title: 'a', description: 'b' }, { examples: ['c'], default: 4 }, NONE, NONE],
];

for (const [what, before, after, in_request, in_response] of ROWS) {
  test(`${what}: what it means in a request and in an answer`, () => {
    assert.equal(meant(diff(described({ request: before }), described({ request: after }))), in_request);
    assert.equal(meant(diff(described({ response: before }), described({ response: after }))), in_response);
  });
}

test('a description does not differ from itself, and never from one with its keys in another order', () => {
  const one = described({ request: object({ a: NAME, b: { type: 'null' } }, { required: ['a', 'b'] }) });
  const other = described({
    request: { required: ['b', 'a'], properties: { b: { type: 'null' }, a: NAME }, type: 'object' },
  });
  assert.equal(shown(diff(one, one)), NONE);
  assert.equal(meant(diff(one, other)), NONE);
});

test('a schema that holds itself is compared once, and a change in it found', () => {
  const tree = (text: Json) => ({
    Node: object({ text, below: { type: 'array', items: { $ref: '#/components/schemas/Node' } } }),
  });
  const root = (text: Json) => described({ request: { $ref: '#/components/schemas/Node' }, schemas: tree(text) });
  const changes = diff(root({ maxLength: 2 }), root({ maxLength: 3 }));
  assert.equal(shown(changes), 'possible bound-looser');
  assert.equal(changes[0]?.pointer, '/components/schemas/Node/properties/text');
  assert.equal(changes[0]?.where, 'body /text');
});

test('a change in a shared schema is told once, with every operation it reaches', () => {
  const shared = (max: number) =>
    paths(
      `/a: { get: { responses: { 200: { description: x, content: { application/json: { schema: { $ref: '#/components/schemas/S' } } } } } } }
/b: { get: { responses: { 200: { description: x, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/S' } } } } } } } }`,
      `{ schemas: { S: { type: string, maxLength: ${max} } } }`,
    );
  const [change, ...others] = diff(shared(2), shared(3));
  assert.deepEqual(others, []);
  assert.deepEqual(change?.operations, ['GET /a', 'GET /b']);
});

const OK = '{ 200: { description: ok } }';
const get = (more: string) => paths(`/things/{id}: { get: { ${more}responses: ${OK} } }`);
const query = (more: string) => get(`parameters: [{ name: q, in: query, ${more}schema: { type: string } }], `);

const OPERATIONS: readonly (readonly [what: string, before: Json, after: Json, expected: string])[] = [
  ['an operation more', paths('{}'), get(''), 'possible operation-added'],
  ['an operation less', get(''), paths('{}'), 'impossible! operation-removed'],
  ['another name', get('operationId: a, '), get('operationId: b, '), 'words renamed'],
  [
    'a path parameter of another name',
    get('operationId: x, '),
    paths(`/things/{thing}: { get: { operationId: x, responses: ${OK} } }`),
    'words parameter-renamed',
  ],
  ['a parameter more', get(''), query(''), 'possible parameter-added'],
  [
    'a parameter more that must be there',
    get(''),
    query('required: true, '),
    'impossible! parameter-required, possible parameter-added',
  ],
  ['a parameter less', query(''), get(''), 'impossible! parameter-removed'],
  ['a parameter that may be absent', query('required: true, '), query(''), 'possible parameter-optional'],
  [
    'another style',
    query(''),
    query('style: pipeDelimited, explode: false, '),
    'possible! style-uncompared, possible! explode-uncompared',
  ],
  ['a parameter bound', query(''), query('x-bind: principal.party, '), 'impossible! x-bind-added'],
  ['slashes let through', query(''), query('x-encoded-slash: true, '), 'possible slashes-wider'],
  ['less sensitive', get('x-sensitivity: high, '), get(''), 'possible sensitivity'],
  ['more sensitive', get(''), get('x-sensitivity: high, '), 'impossible! sensitivity'],
  ['other bounds', get('x-limits: { body: 1KiB }, '), get(''), 'possible! x-limits-uncompared'],
  ['other tags', get('tags: [a], '), get('tags: [b], '), 'words tags'],
  ['deprecated', get(''), get('deprecated: true, '), 'words deprecated'],
];

for (const [what, before, after, expected] of OPERATIONS) {
  test(`${what}: what it means`, () => {
    const sorted = (text: string) => text.split(', ').sort();
    assert.deepEqual(sorted(shown(diff(before, after))), sorted(expected));
  });
}

const post = (more: string) => paths(`/things: { post: { ${more} } }`);
const JSON_BODY = 'content: { application/json: { schema: { type: boolean } } }';
const XML_TOO =
  'content: { application/json: { schema: { type: boolean } }, text/plain: { schema: { type: string } } }';

const MESSAGES: readonly (readonly [what: string, before: string, after: string, expected: string])[] = [
  ['a body', '', `requestBody: { ${JSON_BODY} }`, 'possible body-added'],
  ['no body any more', `requestBody: { ${JSON_BODY} }`, '', 'impossible! body-removed'],
  [
    'a body that must be there',
    `requestBody: { ${JSON_BODY} }`,
    `requestBody: { required: true, ${JSON_BODY} }`,
    'impossible! body-required',
  ],
  [
    'a body that may be absent',
    `requestBody: { required: true, ${JSON_BODY} }`,
    `requestBody: { ${JSON_BODY} }`,
    'possible body-optional',
  ],
  ['a media type more', `requestBody: { ${JSON_BODY} }`, `requestBody: { ${XML_TOO} }`, 'possible media-type-added'],
  [
    'a media type less',
    `requestBody: { ${XML_TOO} }`,
    `requestBody: { ${JSON_BODY} }`,
    'impossible! media-type-removed',
  ],
  ['an answer more', 'responses: {}', 'responses: { 404: { description: x } }', 'possible answer-added'],
  ['an answer less', 'responses: { 404: { description: x } }', 'responses: {}', 'impossible! answer-removed'],
  [
    'a header more',
    'responses: { 200: { description: x } }',
    'responses: { 200: { description: x, headers: { ETag: { schema: { type: string } } } } }',
    'possible header-added',
  ],
  [
    'a header less',
    'responses: { 200: { description: x, headers: { ETag: { schema: { type: string } } } } }',
    'responses: { 200: { description: x } }',
    'impossible! header-removed',
  ],
  [
    'a header that may be absent',
    'responses: { 200: { description: x, headers: { ETag: { required: true, schema: { type: string } } } } }',
    'responses: { 200: { description: x, headers: { etag: { schema: { type: string } } } } }',
    'possible! header-optional',
  ],
];

for (const [what, before, after, expected] of MESSAGES) {
  test(`${what}: what it means for callers`, () => {
    assert.equal(shown(diff(post(before), post(after))), expected);
  });
}

test('what became possible comes first, and what may break callers first among it', () => {
  const changes = diff(
    described({ request: object({ a: { maxLength: 5 }, b: { maxLength: 5 } }), response: { enum: ['a'] } }),
    described({ request: object({ a: { maxLength: 4 }, b: { maxLength: 6 } }), response: { enum: ['a', 'b'] } }),
  );
  assert.equal(shown(changes), 'possible! value-added, possible bound-looser, impossible! bound-tighter');
});

test('other words are told as a description', () => {
  const before = described({ request: { description: 'a', type: 'string' } });
  const after = described({ request: { description: 'b', default: 'c', type: 'string' } });
  assert.equal(shown(diff(before, after)), 'words described');
});

test('the same said in other parts is written differently', () => {
  const before = described({ request: object({ a: NAME }) });
  const after = described({ request: { allOf: [{ type: 'object' }, { properties: { a: NAME } }] } });
  assert.equal(shown(diff(before, after)), 'words rewritten');
});

test('whatever stands in the two documents, comparing them ends', () => {
  const loop = { openapi: '3.1.0', paths: { '/a': { $ref: '#/paths/~1a' } } };
  for (const root of [null, 3, [], {}, loop, { paths: { '/a': { get: { responses: { 200: 5 } } } } }]) {
    assert.ok(Array.isArray(diff(root, described())));
    assert.ok(Array.isArray(diff(described(), root)));
  }
});

test('guards and limits of the path and the document count, also where the operation has some of its own', () => {
  const at = (document: Json, item: Json) => {
    const { paths: written, ...others } = described();
    const [path, methods] = Object.entries(written as Json)[0] as [string, Json];
    const post = { ...(methods['post'] as Json), 'x-guards': { volume: 'report' } };
    return { ...others, ...document, paths: { [path]: { ...item, post } } };
  };
  const loose = { 'x-guards': { secrets: 'off' } };
  assert.equal(meant(diff(at({}, {}), at(loose, {}))), 'possible! x-guards-uncompared');
  assert.equal(meant(diff(at({}, {}), at({}, loose))), 'possible! x-guards-uncompared');
});

test('personal data that an answer declares lets more through the guards; in requests nobody looks', () => {
  const text = { type: 'string', maxLength: 9 };
  const personal = { ...text, 'x-personal-data': { category: 'contact', purpose: 'delivery' } };
  const answer = (of: Json) => described({ response: object({ a: of }) });
  assert.equal(meant(diff(answer(text), answer(personal))), 'possible personal-data-declared');
  assert.equal(meant(diff(answer(personal), answer(text))), 'impossible personal-data-undeclared');
  const request = (of: Json) => described({ request: object({ a: of }) });
  assert.equal(meant(diff(request(text), request(personal))), NONE);
});
