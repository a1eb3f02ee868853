import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintDocument } from '../../src/channels/api/review/lint/lint.ts';
import { LINT_RULES } from '../../src/channels/api/review/lint/rules.ts';
import { described, type Json, paths } from './world.ts';

interface Case {
  /** Where each of these is found something: the pointers. */
  readonly bad: readonly (readonly [document: Json, ...pointers: string[]])[];
  readonly good: readonly Json[];
}

const BODY = '/paths/~1things/post/requestBody/content/application~1json/schema';
const ANSWER = '/paths/~1things/post/responses/200/content/application~1json/schema';

const OK = '{ 200: { description: ok, content: { application/json: { schema: { type: boolean } } } } }';
const get = (more: string, responses = OK) => paths(`/things: { get: { ${more}responses: ${responses} } }`);
const parameter = (text: string, path = '/things') =>
  paths(`${path}: { get: { parameters: [${text}], responses: ${OK} } }`);
const request = (schema: unknown, more: Json = {}) => described({ request: schema, ...more });
const FIRST_PARAMETER = '/paths/~1things/get/parameters/0';
const OF_PATH = '/paths/~1things~1{id}/get/parameters/0';

const CASES: Readonly<Record<string, Case>> = {
  'open-object': {
    bad: [
      [request({ type: 'object', additionalProperties: true }), `${BODY}/additionalProperties`],
      [request({ type: 'object', unevaluatedProperties: true }), `${BODY}/unevaluatedProperties`],
      [described({ response: { type: 'array', maxItems: 2, items: true } }), `${ANSWER}/items`],
      [
        request({ allOf: [{ $ref: '#/components/schemas/A' }] }, { schemas: { A: { additionalProperties: true } } }),
        '/components/schemas/A/additionalProperties',
      ],
    ],
    good: [
      request({ type: 'object', properties: { additionalProperties: { type: 'boolean' } } }),
      request({ type: 'object', additionalProperties: false }),
      request({ type: 'object', additionalProperties: { type: 'boolean' } }),
    ],
  },
  'empty-schema': {
    bad: [
      [request({}), BODY],
      [request({ description: 'anything' }), BODY],
      [request({ type: 'object' }), BODY],
      [request({ type: 'array' }), BODY],
      [request({ type: 'object', properties: { a: {} } }), `${BODY}/properties/a`],
    ],
    good: [
      request({ type: 'object', properties: {} }),
      request({ type: 'object', allOf: [{ properties: { a: { type: 'null' } } }] }),
      request({ oneOf: [{ type: 'boolean' }, { type: 'null' }] }),
      request({ type: 'object', properties: { a: false } }),
      request({ type: ['object', 'null'], additionalProperties: { type: 'boolean' } }),
    ],
  },
  'string-length': {
    bad: [
      [request({ type: 'string' }), BODY],
      [described({ response: { type: ['string', 'null'] } }), ANSWER],
      [request({ type: 'string', pattern: '^[a-z]+$' }), BODY],
      [request({ type: 'string', pattern: '[a-z]{3}' }), BODY],
      [request({ type: 'string', pattern: '^a|b{2,}$' }), BODY],
      [request({ type: 'string', format: 'uri' }), BODY],
      [request({ type: 'string', anyOf: [{ maxLength: 3 }, { format: 'uri' }] }), `${BODY}/anyOf/1`],
      [parameter('{ name: q, in: query, schema: { type: string } }'), `${FIRST_PARAMETER}/schema`],
    ],
    good: [
      request({ type: 'string', maxLength: 3 }),
      request({ type: 'string', enum: ['a'] }),
      request({ type: 'string', const: 'a' }),
      request({ type: 'string', format: 'uuid' }),
      request({ type: 'string', pattern: '^(?:[a-z+*]{1,3}|\\+{2})$' }),
      request({ allOf: [{ type: 'string' }, { maxLength: 3 }] }),
      request({ type: 'string', oneOf: [{ maxLength: 3 }, { format: 'date' }] }),
      request({ $ref: '#/components/schemas/A', maxLength: 3 }, { schemas: { A: { type: 'string' } } }),
      request({ not: { type: 'string' }, type: 'boolean' }),
    ],
  },
  'number-range': {
    bad: [
      [request({ type: 'integer' }), BODY],
      [request({ type: 'number', minimum: 0 }), BODY],
      [request({ type: 'number', exclusiveMaximum: true, minimum: 0 }, { version: '3.0.3' }), BODY],
    ],
    good: [
      request({ type: 'integer', minimum: 0, maximum: 9 }),
      request({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 9 }),
      request({ type: 'integer', format: 'int32' }),
      request({ type: 'integer', enum: [1, 2] }),
    ],
  },
  'array-length': {
    bad: [[request({ type: 'array', items: { type: 'boolean' } }), BODY]],
    good: [
      request({ type: 'array', maxItems: 3, items: { type: 'boolean' } }),
      request({ type: 'array', prefixItems: [{ type: 'boolean' }], items: false }),
      request({ allOf: [{ type: 'array', items: { type: 'boolean' } }, { maxItems: 3 }] }),
    ],
  },
  'map-size': {
    bad: [
      [request({ type: 'object', additionalProperties: { type: 'boolean' } }), BODY],
      [request({ type: 'object', patternProperties: { '^a$': { type: 'boolean' } } }), BODY],
    ],
    good: [
      request({ type: 'object', additionalProperties: { type: 'boolean' }, maxProperties: 3 }),
      request({ type: 'object', additionalProperties: false }),
    ],
  },
  'permissive-pattern': {
    bad: [
      [request({ type: 'string', pattern: '[a-z]' }), BODY],
      [request({ type: 'string', pattern: '^[a-z]' }), BODY],
      [request({ type: 'string', pattern: '^[a-z]\\$' }), BODY],
      [request({ type: 'string', pattern: '^a|b$' }), BODY],
      [request({ type: 'string', pattern: '^.*$' }), BODY],
      [request({ type: 'string', pattern: '^a[\\s\\S]+$' }), BODY],
    ],
    good: [
      request({ type: 'string', pattern: '^[a-z.*]$' }),
      request({ type: 'string', pattern: '^\\.*$' }),
      request({ type: 'string', pattern: '^(?:a|b)$' }),
      request({ type: 'string', pattern: '^a\\\\$' }),
    ],
  },
  'path-text': {
    bad: [
      [
        parameter('{ name: id, in: path, required: true, schema: { type: string } }', '/things/{id}'),
        `${OF_PATH}/schema`,
      ],
    ],
    good: [
      parameter('{ name: id, in: path, required: true, schema: { type: string, format: uuid } }', '/things/{id}'),
      parameter('{ name: id, in: path, required: true, schema: { type: string, pattern: "^a$" } }', '/things/{id}'),
      parameter('{ name: id, in: path, required: true, schema: { type: string, enum: [a] } }', '/things/{id}'),
      parameter('{ name: q, in: query, schema: { type: string } }'),
    ],
  },
  'sequential-id': {
    bad: [
      [
        parameter('{ name: id, in: path, required: true, schema: { type: integer } }', '/things/{id}'),
        `${OF_PATH}/schema`,
      ],
    ],
    good: [
      parameter('{ name: id, in: path, required: true, schema: { type: string } }', '/things/{id}'),
      parameter('{ name: id, in: path, required: true, schema: { type: integer, enum: [1] } }', '/things/{id}'),
      parameter('{ name: page, in: query, schema: { type: integer } }'),
    ],
  },
  'response-schema': {
    bad: [
      [
        get('', '{ 200: { description: x, content: { application/json: {} } } }'),
        '/paths/~1things/get/responses/200/content/application~1json',
      ],
      [get('', '{}'), '/paths/~1things/get'],
    ],
    good: [get(''), get('', '{ 204: { description: x } }')],
  },
  'success-answer': {
    bad: [
      [get('', '{ 405: { description: no } }'), '/paths/~1things/get'],
      [
        get('', '{ 4XX: { description: no }, 500: { description: no }, 103: { description: soon } }'),
        '/paths/~1things/get',
      ],
    ],
    good: [
      get(''),
      get('', '{ 302: { description: there } }'),
      get('', '{ 2XX: { description: done } }'),
      get('', '{ 404: { description: no }, default: { description: whatever } }'),
    ],
  },
  'undeclared-required': {
    bad: [
      [request({ type: 'object', required: ['a'], properties: { b: { type: 'null' } } }), `${BODY}/required`],
      [described({ response: { required: ['a'], properties: {}, additionalProperties: false } }), `${ANSWER}/required`],
      [request({ type: ['object', 'null'], required: ['a'] }), `${BODY}/required`],
      [request({ properties: { a: { type: 'object', required: ['b'] } } }), `${BODY}/properties/a/required`],
      [
        request(
          { allOf: [{ $ref: '#/components/schemas/A' }] },
          { schemas: { A: { type: 'object', required: ['a'] } } },
        ),
        '/components/schemas/A/required',
      ],
      [
        request({ oneOf: [{ required: ['a'] }, { required: ['b'] }], properties: { a: { type: 'null' } } }),
        `${BODY}/oneOf/1/required`,
      ],
    ],
    good: [
      request({ type: 'object', required: ['a'], properties: { a: { type: 'null' } } }),
      request({ type: 'object', required: ['a'], additionalProperties: { type: 'null' } }),
      request({ type: 'object', required: ['a'], patternProperties: { '^a$': { type: 'null' } } }),
      request({ type: 'string', required: ['a'] }),
      request({ allOf: [{ required: ['a'] }, { properties: { a: { type: 'null' } } }] }),
      request({
        anyOf: [{ required: ['a'] }, { required: ['b'] }],
        properties: { a: { type: 'null' }, b: { type: 'null' } },
      }),
      request({ type: 'object', properties: { a: { type: 'null' } }, not: { required: ['z'] } }),
      request(
        { $ref: '#/components/schemas/A', required: ['a'] },
        { schemas: { A: { type: 'object', properties: { a: { type: 'null' } } } } },
      ),
    ],
  },
  'free-query': {
    bad: [
      [
        parameter('{ name: f, in: query, schema: { type: object, additionalProperties: { type: string } } }'),
        FIRST_PARAMETER,
      ],
      [parameter('{ name: f, in: query, schema: { type: object, additionalProperties: true } }'), FIRST_PARAMETER],
    ],
    good: [
      parameter('{ name: f, in: query, schema: { type: object, properties: { a: { type: string } } } }'),
      parameter('{ name: f, in: header, schema: { type: object, additionalProperties: true } }'),
    ],
  },
  'safe-method': {
    bad: [
      [get('operationId: deleteThing, '), '/paths/~1things/get'],
      [get('operationId: things/reset, '), '/paths/~1things/get'],
      [paths(`/things/{id}/activate: { get: { responses: ${OK} } }`), '/paths/~1things~1{id}~1activate/get'],
    ],
    good: [
      get('operationId: listThings, '),
      get('operationId: settings, '),
      get('operationId: startDate, '),
      paths(`/repos/{id}/import: { get: { operationId: get-import, responses: ${OK} } }`),
      paths(`/things: { post: { operationId: deleteThings, responses: ${OK} } }`),
      paths(`/delete/{id}: { get: { responses: ${OK} } }`),
    ],
  },
  'secret-in-url': {
    bad: [
      [parameter('{ name: apiKey, in: query, schema: { type: string } }'), FIRST_PARAMETER],
      [parameter('{ name: access_token, in: query, schema: { type: string } }'), FIRST_PARAMETER],
      [parameter('{ name: password, in: query, schema: { type: string } }'), FIRST_PARAMETER],
    ],
    good: [
      parameter('{ name: api-key, in: header, schema: { type: string } }'),
      parameter('{ name: nextPageToken, in: query, schema: { type: string } }'),
      parameter('{ name: tokenize, in: query, schema: { type: string } }'),
    ],
  },
  'secret-in-example': {
    bad: [
      [request({ type: 'string', example: `ghp_${'a1B2'.repeat(9)}` }), `${BODY}/example`],
      [request({ type: 'string', examples: ['-----BEGIN RSA PRIVATE KEY-----\nx'] }), `${BODY}/examples/0`],
      [request({ type: 'string', default: 'postgres://app:hunter22@db/orders' }), `${BODY}/default`],
      [request({ type: 'object', example: { deep: ['AKIAIOSFODNN7EXAMPLE'] } }), `${BODY}/example/deep/0`],
    ],
    good: [
      request({ type: 'string', example: 'an order of the week' }),
      request({ type: 'string', description: 'AKIAIOSFODNN7EXAMPLE' }),
      request({ type: 'string', example: 'https://example.org/a:b@c' }),
    ],
  },
  'plain-server': {
    bad: [
      [{ ...get(''), servers: [{ url: 'http://api.example.com/v1' }] }, '/servers/0/url'],
      [get('servers: [{ url: "http://localhost" }], '), '/paths/~1things/get/servers/0/url'],
    ],
    good: [
      { ...get(''), servers: [{ url: 'https://api.example.com' }, { url: '/v1' }, { url: 'http://127.0.0.1:8080/' }] },
      { ...get(''), servers: [{ url: 'http://[::1]' }] },
    ],
  },
  'error-answers': {
    bad: [[get(''), '/paths/~1things/get']],
    good: [
      get('', '{ 200: { description: x }, 404: { description: x } }'),
      get('', '{ 200: { description: x }, default: { description: x } }'),
      get('', '{ 200: { description: x }, 5XX: { description: x } }'),
    ],
  },
  'error-schema': {
    bad: [[get('', '{ 200: { description: x }, 404: { description: x } }'), '/paths/~1things/get/responses/404']],
    good: [get('', '{ 404: { description: x, content: { application/json: { schema: { type: boolean } } } } }')],
  },
  'personal-data': {
    bad: [
      [
        request({ type: 'object', properties: { customerEmail: { type: 'string' } } }),
        `${BODY}/properties/customerEmail`,
      ],
      [
        request({ type: 'object', properties: { 'date-of-birth': { type: 'string' } } }),
        `${BODY}/properties/date-of-birth`,
      ],
      [parameter('{ name: phone_number, in: query, schema: { type: string } }'), FIRST_PARAMETER],
    ],
    good: [
      request({ type: 'object', properties: { email: { type: 'string', 'x-personal-data': false } } }),
      request(
        { type: 'object', properties: { email: { $ref: '#/components/schemas/Email' } } },
        { schemas: { Email: { type: 'string', 'x-personal-data': { category: 'contact', purpose: 'delivery' } } } },
      ),
      request({ type: 'object', properties: { emailTemplate: { type: 'string' } } }),
    ],
  },
  sensitivity: {
    bad: [
      [request({ type: 'object', properties: { email: { type: 'string' } } }), '/paths/~1things/post'],
      [
        described({
          response: { type: 'array', items: { properties: { x: { 'x-personal-data': { category: 'a' } } } } },
        }),
        '/paths/~1things/post',
      ],
    ],
    good: [
      { ...request({ type: 'object', properties: { email: { type: 'string' } } }), 'x-sensitivity': 'high' },
      request({ type: 'object', properties: { email: { type: 'string', 'x-personal-data': false } } }),
      request({ type: 'object', properties: { size: { type: 'integer' } } }),
    ],
  },
  'unbound-owner': {
    bad: [
      [parameter('{ name: customerId, in: query, schema: { type: string } }'), FIRST_PARAMETER],
      [
        parameter('{ name: tenant, in: path, required: true, schema: { type: string } }', '/things/{tenant}'),
        '/paths/~1things~1{tenant}/get/parameters/0',
      ],
    ],
    good: [
      parameter('{ name: customerId, in: query, x-bind: principal.party, schema: { type: string } }'),
      parameter('{ name: customerId, in: query, schema: { type: string, x-bind: principal.party } }'),
      parameter('{ name: orderId, in: query, schema: { type: string } }'),
      parameter('{ name: customerId, in: header, schema: { type: string } }'),
    ],
  },
  'media-types': {
    bad: [
      [
        get('', '{ 200: { description: x, content: { application/soap+xml: { schema: { type: object } } } } }'),
        '/paths/~1things/get/responses/200/content/application~1soap+xml',
      ],
      [
        get('', '{ 200: { description: x, content: { "text/xml; charset=utf-8": { schema: { type: object } } } } }'),
        '/paths/~1things/get/responses/200/content/text~1xml; charset=utf-8',
      ],
    ],
    good: [
      get('', '{ 200: { description: x, content: { application/problem+json: { schema: { type: object } } } } }'),
      get('', '{ 200: { description: x, content: { text/csv: { schema: { type: string } } } } }'),
      get(
        '',
        '{ 200: { description: x, content: { application/zip: { schema: { type: string, format: binary } } } } }',
      ),
    ],
  },
  'optional-body': {
    bad: [
      [
        paths(`/things: { post: { requestBody: { content: {} }, responses: ${OK} } }`),
        '/paths/~1things/post/requestBody',
      ],
    ],
    good: [
      described(),
      paths(`/things: { delete: { requestBody: { content: {} }, responses: ${OK} } }`),
      paths(`/things: { post: { responses: ${OK} } }`),
    ],
  },
  paging: {
    bad: [
      [
        get('', '{ 200: { description: x, content: { a/b: { schema: { type: array, items: { type: boolean } } } } } }'),
        '/paths/~1things/get',
      ],
      [
        get('', '{ 200: { description: x, content: { a/b: { schema: { properties: { data: { type: array } } } } } } }'),
        '/paths/~1things/get',
      ],
    ],
    good: [
      get(''),
      get(
        'parameters: [{ name: per_page, in: query, schema: { type: integer } }], ',
        '{ 200: { description: x, content: { a/b: { schema: { type: array } } } } }',
      ),
    ],
  },
  'deprecated-operation': {
    bad: [[get('deprecated: true, '), '/paths/~1things/get']],
    good: [get('deprecated: false, ')],
  },
  'unnamed-operation': {
    bad: [
      [get(''), '/paths/~1things/get'],
      [get('operationId: "list things", '), '/paths/~1things/get'],
    ],
    good: [get('operationId: things/list-all, ')],
  },
  'unused-component': {
    bad: [
      [
        request({ type: 'boolean' }, { schemas: { A: { $ref: '#/components/schemas/B' }, B: { type: 'null' } } }),
        '/components/schemas/A',
        '/components/schemas/B',
      ],
      [
        paths(`/things: { get: { responses: ${OK} } }`, '{ parameters: { "a/b": { name: a, in: query } } }'),
        '/components/parameters/a~1b',
      ],
    ],
    good: [
      request(
        { $ref: '#/components/schemas/A' },
        { schemas: { A: { $ref: '#/components/schemas/B' }, B: { type: 'null' } } },
      ),
      request(
        { discriminator: { propertyName: 'kind', mapping: { a: 'A', b: '#/components/schemas/B' } } },
        { schemas: { A: { type: 'null' }, B: { type: 'null' } } },
      ),
      request(
        { $ref: '#/components/schemas/A/properties/b' },
        { schemas: { A: { properties: { b: { type: 'null' } } } } },
      ),
    ],
  },
};

test('every rule has descriptions it finds fault with and descriptions it does not', () => {
  assert.deepEqual(Object.keys(CASES).sort(), LINT_RULES.map(({ id }) => id).sort());
});

for (const rule of LINT_RULES) {
  const { bad, good } = CASES[rule.id]!;

  test(`${rule.id} finds what it looks for, where it stands`, () => {
    for (const [document, ...pointers] of bad) {
      const { findings } = lintDocument(document, [rule]);
      assert.deepEqual(findings.map(({ pointer }) => pointer).sort(), pointers.sort(), JSON.stringify(document));
      for (const { message } of findings) assert.match(message, /^\S.*[^.]$/);
    }
  });

  test(`${rule.id} finds nothing where all is well`, () => {
    for (const document of good) {
      const { findings, score } = lintDocument(document, [rule]);
      assert.deepEqual([findings, score], [[], 100], JSON.stringify(document));
    }
  });

  test(`${rule.id} says why and what to do`, () => {
    for (const text of [rule.why, rule.fix]) assert.match(text, /^[A-Z].*\.$/);
    assert.ok(rule.controls.length > 0);
  });
}

test('the rules stand in order of severity, each once', () => {
  const rank = { danger: 0, loose: 1, hint: 2 };
  const ranks = LINT_RULES.map(({ severity }) => rank[severity]);
  assert.deepEqual(ranks, [...ranks].sort());
  assert.equal(new Set(LINT_RULES.map(({ id }) => id)).size, LINT_RULES.length);
});
