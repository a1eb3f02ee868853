import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { formatFault, LoadError } from '../../src/core/errors/faults.ts';
import { BAD_DOCUMENTS, BAD_OPERATIONS } from './bad-contracts.ts';

function faultsOf(text: string, path: string): string[] {
  try {
    loadContract({ api: 'shop', path, text, viewers: new Set(['acme', 'suppliers']) });
    return [];
  } catch (error) {
    assert.ok(error instanceof LoadError, String(error));
    return error.faults.map(formatFault);
  }
}

for (const { name, path, text, faults } of BAD_DOCUMENTS) {
  test(`${name} stops the load with its place`, () => assert.deepEqual(faultsOf(text, path), faults));
}

/** The operation begins on line 6, indented by six. */
function operationDocument(operation: string): string {
  const head = "openapi: 3.1.0\ninfo: { title: Shop, version: '1' }\npaths:\n  /a/{id}:\n    post:\n";
  return head + operation.trim().replaceAll(/^/gm, '      ');
}

for (const { name, operation, faults } of BAD_OPERATIONS) {
  test(`${name} stops the load with its place`, () => {
    assert.deepEqual(faultsOf(operationDocument(operation), 'api.yaml'), faults);
  });
}

test('the same fault behind one reference is told once', () => {
  const text = `openapi: 3.1.0
info: { title: Shop, version: '1' }
components: { responses: { R: { description: r, content: { text/html: {} } } } }
paths:
  /a: { get: { responses: { '200': { $ref: '#/components/responses/R' } } } }
  /b: { get: { responses: { '200': { $ref: '#/components/responses/R' } } } }
`;
  assert.equal(faultsOf(text, 'api.yaml').length, 1);
});

test('a bomb of aliases is refused', () => {
  const levels = Array.from(
    { length: 20 },
    (_, i) => `x-${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`,
  );
  const [fault] = faultsOf(`x-0: &l0 [a]\n${levels.join('\n')}\n`, 'api.yaml');
  assert.match(String(fault), /^api.yaml: CONTRACT_SYNTAX The YAML document cannot be read/);
});

test('deep nesting is refused, not a crash', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  assert.match(String(faultsOf(deep, 'api.json')), /CONTRACT_SYNTAX/);
  assert.match(String(faultsOf(deep, 'api.yaml')), /CONTRACT_SYNTAX/);
});

const words = fc.constantFrom(
  ...[
    'openapi',
    'info',
    'title',
    'paths',
    '/a',
    '/{x}',
    'get',
    'post',
    'parameters',
    'requestBody',
    'responses',
    '200',
  ],
  ...['content', 'application/json', 'schema', 'type', 'name', 'in', '$ref', '#/paths', '#/components/schemas/A', '#'],
  ...[
    'components',
    'schemas',
    'A',
    'x-bind',
    'x-views',
    'properties',
    'allOf',
    'required',
    'query',
    '__proto__',
    '3.1.0',
  ],
);
const document = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'medium' }, words, fc.constantFrom(null, true, 1), tie('object'), tie('list')),
  object: fc.dictionary(words, tie('value')),
  list: fc.array(tie('value'), { maxLength: 3 }),
})).object;

test('a file that is no YAML at all is told by its first twenty faults and how many more there are', () => {
  const line = 'a: "\\q"\n';
  const told = faultsOf(Array.from({ length: 50 }, (_, index) => line.replace('a', `a${index}`)).join(''), 'api.yaml');
  assert.equal(told.length, 21);
  assert.match(String(told[19]), /^api\.yaml:20:\d+: CONTRACT_SYNTAX a text in double quotes holds an unknown escape/);
  assert.match(
    String(told[20]),
    /^api\.yaml:21:\d+: CONTRACT_SYNTAX and 30 more from here on; is this an OpenAPI description\?$/,
  );
  assert.equal(faultsOf(line, 'api.yaml').length, 1);
});

test('whatever a document holds, only a load error escapes', () => {
  fc.assert(
    fc.property(document, document, document, (paths, operation, components) => {
      const root = {
        openapi: '3.1.0',
        info: { title: 'x' },
        components,
        paths: { ...paths, '/{x}': { post: operation } },
      };
      faultsOf(JSON.stringify(root), 'api.json');
      faultsOf(JSON.stringify(root), 'api.yaml');
    }),
    { numRuns: 200 },
  );
});

test('whatever a file holds, only a load error escapes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('api.json', 'api.yaml', 'api'), (text, path) => {
      faultsOf(text, path);
    }),
  );
});
