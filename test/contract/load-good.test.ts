import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Contract, loadContract } from '../../src/channels/api/contract/index.ts';
import { parseJson, trim } from '../../src/protocol/json/index.ts';
import { jsonAnswer } from './json-answer.ts';

function load(text: string, path = 'api.yaml'): Contract {
  return loadContract({ api: 'shop', path, text });
}

/** A document with the given paths, written as flow YAML. */
function withPaths(paths: string, rest = '', version = '3.1.0'): string {
  return `openapi: ${version}\ninfo: { title: Shop, version: '1' }\n${rest}\npaths:\n${paths.replaceAll(/^/gm, '  ')}\n`;
}

const OK = "responses: { '204': { description: done } }";
const only = (contract: Contract) => {
  assert.equal(contract.operations.length, 1);
  return contract.operations[0]!;
};

test('an operation carries what policies and steps need', () => {
  const contract = load(
    withPaths(`/a/{id}:
  x-sensitivity: low
  put:
    operationId: replaceA
    tags: [x, y]
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
    ${OK}
  get: { operationId: getA, x-sensitivity: high, parameters: [{ $ref: '#/paths/~1a~1{id}/put/parameters/0' }], ${OK} }`),
  );
  const facts = contract.operations.map(({ id, method, template, sensitivity, tags, safe, idempotent, pointer }) => {
    return { id, method, template, sensitivity, tags, safe, idempotent, pointer };
  });
  const common = { template: '/a/{id}' };
  assert.deepEqual(facts, [
    {
      ...common,
      id: 'shop.getA',
      method: 'GET',
      sensitivity: 'high',
      tags: [],
      safe: true,
      idempotent: true,
      pointer: '/paths/~1a~1{id}/get',
    },
    {
      ...common,
      id: 'shop.replaceA',
      method: 'PUT',
      sensitivity: 'low',
      tags: ['x', 'y'],
      safe: false,
      idempotent: true,
      pointer: '/paths/~1a~1{id}/put',
    },
  ]);
  assert.equal(contract.title, 'Shop');
});

test('an operation without operationId gets a stable id from method and path', () => {
  const contract = load(
    withPaths(
      `/a-b/{x_y}/c.json:\n  post: { parameters: [{ name: x_y, in: path, required: true, schema: { type: string } }], ${OK} }\n/:\n  get: { ${OK} }`,
    ),
  );
  assert.deepEqual(
    contract.operations.map(({ id }) => id),
    ['shop.post_a_b_x_y_c_json', 'shop.get'],
  );
});

test('JSON and YAML give the same contract', () => {
  const yaml = withPaths(`/a: { get: { ${OK} } }`);
  const json = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    paths: { '/a': { get: { responses: { 204: { description: 'done' } } } } },
  });
  for (const contract of [load(yaml), load(json, 'api.json'), load(json, 'api')]) {
    assert.deepEqual(only(contract).id, 'shop.get_a');
    assert.deepEqual([...only(contract).responses.exact.keys()], [204]);
  }
});

test('parameters of the operation override those of the path item, by name and place', () => {
  const contract = load(
    withPaths(`/a:
  parameters:
    - { name: q, in: query, schema: { type: string } }
    - { name: X-Trace, in: header, schema: { type: string } }
    - { name: q, in: header, schema: { type: string } }
  get:
    parameters: [{ name: q, in: query, required: true, schema: { type: array, items: { type: integer } } }]
    ${OK}`),
  );
  const { query, headers } = only(contract).parameters;
  const { name, place, required, plan, explode, binding } = query.get('q')!;
  assert.deepEqual(
    { name, place, required, items: plan.array?.items.scalars, explode, binding },
    { name: 'q', place: 'query/q', required: true, items: ['integer'], explode: true, binding: null },
  );
  assert.deepEqual(
    headers.map((header) => [header.name, header.place]),
    [
      ['x-trace', 'header/X-Trace'],
      ['q', 'header/q'],
    ],
  );
});

test('the type of a parameter is found through references, allOf and enums', () => {
  const rest =
    'components: { schemas: { Id: { type: string, format: uuid }, Ref: { $ref: "#/components/schemas/Id" } } }';
  const schemas = {
    '{ $ref: "#/components/schemas/Ref" }': [['string'], undefined],
    '{ allOf: [{ minimum: 1 }, { type: integer }] }': [['integer'], undefined],
    '{ enum: [a, b] }': [['string'], undefined],
    '{ const: a }': [['string'], undefined],
    '{ type: [boolean] }': [['boolean'], undefined],
    '{ type: array, items: { $ref: "#/components/schemas/Id" } }': [[], ['string']],
  };
  for (const [schema, expected] of Object.entries(schemas)) {
    const contract = load(
      withPaths(`/a:\n  get:\n    parameters: [{ name: q, in: query, schema: ${schema} }]\n    ${OK}`, rest),
    );
    const { scalars, array } = only(contract).parameters.query.get('q')!.plan;
    assert.deepEqual([scalars, array?.items.scalars], expected, schema);
  }
});

test('references are followed for parameters, bodies, responses, headers and path items', () => {
  const contract = load(
    withPaths(
      `/a: { $ref: '#/components/pathItems/A' }`,
      `components:
  pathItems:
    A:
      post:
        parameters: [{ $ref: '#/components/parameters/Q' }]
        requestBody: { $ref: '#/components/requestBodies/B' }
        responses: { '200': { $ref: '#/components/responses/R' } }
  parameters: { Q: { name: q, in: query, schema: { type: string } } }
  requestBodies: { B: { content: { application/json: { schema: { $ref: '#/components/schemas/S' } } } } }
  responses: { R: { description: r, headers: { ETag: { $ref: '#/components/headers/E' } }, content: { application/json: { schema: { $ref: '#/components/schemas/S' } } } } }
  headers: { E: { schema: { type: string } } }
  schemas: { S: { type: object, properties: { next: { $ref: '#/components/schemas/S' }, n: { type: integer } } } }`,
    ),
  );
  const { body, parameters, responses } = only(contract);
  assert.deepEqual([...parameters.query.keys()], ['q']);
  assert.deepEqual(
    body?.content.map(({ media_type }) => media_type),
    ['application/json'],
  );
  assert.equal(body?.required, false);
  assert.deepEqual(
    responses.exact.get(200)?.headers.map(({ name }) => name),
    ['etag'],
  );
  const tape = parseJson(Buffer.from('{"next":{"next":{"n":1,"x":2}}}'));
  const result = jsonAnswer(responses.exact.get(200)?.content[0]).schemaFor(new Set()).check(tape);
  assert.ok(result.ok);
  assert.equal(trim(tape, result.undeclared).toString(), '{"next":{"next":{"n":1}}}');
});

test('exact statuses, ranges and default are kept apart; media types lose their charset', () => {
  const contract = load(
    withPaths(`/a:
  get:
    responses:
      200: { description: a, content: { 'application/json; charset=utf-8': { schema: { type: string } } } }
      4XX: { description: b, content: { application/problem+json: { schema: { type: object } } } }
      default: { description: c }
      x-note: words`),
  );
  const { exact, ranges, fallback, success_types } = only(contract).responses;
  assert.deepEqual([[...exact.keys()], [...ranges.keys()], fallback?.key], [[200], [4], 'default']);
  assert.deepEqual(success_types, ['application/json']);
});

test('what has no effect at the gate is noted', () => {
  const contract = load(
    withPaths(
      `/a:
  get:
    security: [{ oauth: [] }]
    callbacks: {}
    parameters: [{ name: Authorization, in: header, schema: { type: string } }]
    responses: { '204': { description: d, links: {} } }`,
      'servers: [{ url: https://x.example }]\nsecurity: []',
    ),
  );
  const notes = contract.notes.map(({ keyword, count, pointer }) => ({ keyword, count, pointer }));
  assert.deepEqual(notes, [
    { keyword: 'servers', count: 1, pointer: '/servers' },
    { keyword: 'security', count: 2, pointer: '/security' },
    { keyword: 'callbacks', count: 1, pointer: '/paths/~1a/get/callbacks' },
    { keyword: 'header parameter authorization', count: 1, pointer: '/paths/~1a/get/parameters/0' },
    { keyword: 'links', count: 1, pointer: '/paths/~1a/get/responses/204/links' },
  ]);
  assert.deepEqual([...only(contract).parameters.headers], []);
});

test('header fields that the gate writes itself are noted and do not pass', () => {
  const contract = load(
    withPaths(
      `/a:
  get:
    parameters: [{ name: User-Agent, in: header, required: true, schema: { type: string } }]
    responses:
      '204':
        description: d
        headers: { RateLimit: { schema: { type: string } }, ratelimit-policy: { schema: { type: string } } }`,
    ),
  );
  assert.deepEqual(
    contract.notes.map(({ keyword }) => keyword),
    ['header parameter user-agent', 'response header ratelimit', 'response header ratelimit-policy'],
  );
  const operation = only(contract);
  assert.deepEqual([operation.parameters.headers, operation.responses.exact.get(204)?.headers], [[], []]);
});

test('each party sees its own view of an answer, and every view is compiled once', () => {
  const contract = load(
    withPaths(`/a:
  get:
    responses:
      '200':
        description: a
        content:
          application/json:
            schema:
              type: object
              properties:
                all: { type: integer }
                some: { type: integer, x-views: [acme, gold] }
                gold: { type: integer, x-views: [gold] }`),
  );
  const content = jsonAnswer(only(contract).responses.exact.get(200)?.content[0]);
  const seen = (...names: string[]) => {
    const tape = parseJson(Buffer.from('{"all":1,"some":2,"gold":3,"none":4}'));
    const result = content.schemaFor(new Set(names)).check(tape);
    assert.ok(result.ok);
    return trim(tape, result.undeclared).toString();
  };
  assert.equal(seen(), '{"all":1}');
  assert.equal(seen('other'), '{"all":1}');
  assert.equal(seen('acme'), '{"all":1,"some":2}');
  assert.equal(seen('gold', 'other'), '{"all":1,"some":2,"gold":3}');
  assert.equal(content.schemaFor(new Set(['gold', 'a'])), content.schemaFor(new Set(['gold', 'b'])));
  assert.deepEqual(contract.views, ['acme', 'gold']);
});

test('OpenAPI 3.0 has its own schema dialect', () => {
  const schema = '{ type: integer, nullable: true, minimum: 1, exclusiveMinimum: true }';
  const text = (version: string) =>
    withPaths(
      `/a:\n  get: { responses: { '200': { description: a, content: { application/json: { schema: ${schema} } } } } }`,
      '',
      version,
    );
  const verdicts = (version: string) => {
    const content = jsonAnswer(only(load(text(version))).responses.exact.get(200)?.content[0]);
    const valid = (json: string) => content.schemaFor(new Set()).check(parseJson(Buffer.from(json))).ok;
    return ['null', '1', '2'].map(valid);
  };
  assert.deepEqual(verdicts('3.0.3'), [true, false, true]);
  assert.deepEqual(verdicts('3.1.0'), [false, false, true]);
  assert.ok(load(text('3.1.0')).notes.some((note) => note.text.startsWith('nullable is not a keyword')));
});

test('positions of operations can be asked for later', () => {
  const contract = load(withPaths(`/a:\n  get: { ${OK} }`));
  assert.deepEqual(contract.locate(['/paths/~1a/get', '/info']), [
    { file: 'api.yaml', line: 6, column: 5 },
    { file: 'api.yaml', line: 2, column: 1 },
  ]);
});
