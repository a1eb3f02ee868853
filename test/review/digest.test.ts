import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { operationShapes } from '../../src/channels/api/review/accept/digest.ts';

const BASE = `openapi: 3.1.0
info: { title: Things, version: "1" }
paths:
  /things:
    parameters:
      - { name: tenant, in: query, schema: { type: string, maxLength: 9 } }
    get:
      operationId: list
      description: All of them
      responses:
        "200":
          description: ok
          content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Thing" } } } }
    post:
      operationId: make
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/NewThing" } } } }
      responses: { "201": { description: made } }
  /boxes:
    get:
      operationId: boxes
      responses: { "204": { description: none } }
components:
  schemas:
    Thing:
      type: object
      required: [id, name]
      properties: { id: { type: string, format: uuid }, name: { $ref: "#/components/schemas/Name" } }
    NewThing: { type: object, properties: { name: { $ref: "#/components/schemas/Name" }, parts: { type: array, items: { $ref: "#/components/schemas/NewThing" } } } }
    Name: { type: string, maxLength: 20 }
`;

function digests(text: string): Record<string, string> {
  const contract = loadContract({ api: 'a', path: 'a.yaml', text });
  return Object.fromEntries(operationShapes(contract.root, contract.operations).map(({ id, digest }) => [id, digest]));
}

const BEFORE = digests(BASE);

/** Ids of the operations whose digest is another after a change of the text. */
function changedBy(from: string, to: string): string[] {
  assert.ok(BASE.includes(from), from);
  const after = digests(BASE.replace(from, to));
  return Object.keys(BEFORE).filter((id) => after[id] !== BEFORE[id]);
}

test('operations have digests of their own', () => {
  assert.equal(new Set(Object.values(BEFORE)).size, 3);
  for (const digest of Object.values(BEFORE)) assert.match(digest, /^[0-9a-f]{64}$/);
});

test('a change in a shared schema reaches every operation that uses it, however far away', () => {
  assert.deepEqual(changedBy('maxLength: 20', 'maxLength: 21'), ['a.list', 'a.make']);
  assert.deepEqual(changedBy('format: uuid', 'format: date'), ['a.list']);
  assert.deepEqual(changedBy('NewThing: { type: object,', 'NewThing: { type: object, maxProperties: 3,'), ['a.make']);
});

test('what a path item or the document says for its operations counts', () => {
  assert.deepEqual(changedBy('maxLength: 9', 'maxLength: 8'), ['a.list', 'a.make']);
  assert.deepEqual(changedBy('paths:', 'x-sensitivity: high\npaths:'), ['a.list', 'a.make', 'a.boxes']);
  assert.deepEqual(changedBy('  /boxes:\n', '  /boxes:\n    x-sensitivity: high\n'), ['a.boxes']);
});

test('what an operation says of itself counts', () => {
  assert.deepEqual(
    changedBy('"204": { description: none }', '"204": { description: none }, "205": { description: x }'),
    ['a.boxes'],
  );
  assert.deepEqual(changedBy('      operationId: boxes\n', '      operationId: boxes\n      tags: [x]\n'), ['a.boxes']);
  assert.deepEqual(changedBy('  /boxes:', '  /crates:'), ['a.boxes']);
});

test('our extensions count, those of others do not', () => {
  assert.deepEqual(changedBy('maxLength: 20 }', 'maxLength: 20, x-personal-data: { category: a, purpose: b } }'), [
    'a.list',
    'a.make',
  ]);
  assert.deepEqual(changedBy('maxLength: 20 }', 'maxLength: 20, x-internal: 5 }'), []);
});

test('words and the order of keys and lists do not count', () => {
  const same: readonly (readonly [string, string])[] = [
    ['All of them', 'Every one'],
    ['title: Things, version: "1"', 'version: "2", title: Others'],
    ['maxLength: 20 }', 'maxLength: 20, title: Name, description: y, examples: [z], default: w }'],
    ['type: string, maxLength: 20', 'maxLength: 20, type: string'],
    ['required: [id, name]', 'required: [name, id]'],
    ['openapi: 3.1.0', 'openapi: 3.1.1'],
    ['"201": { description: made }', '"201": { description: done }'],
    ['info:', 'servers: [{ url: "https://x" }]\ninfo:'],
  ];
  for (const [from, to] of same) assert.deepEqual(changedBy(from, to), [], to);
});

test('a property that is called like a word is a property', () => {
  const changed = changedBy('properties: { id:', 'properties: { description: { type: boolean }, id:');
  assert.deepEqual(changed, ['a.list']);
});

test('where a reference leads depends on the way, a change anywhere reaches every operation', () => {
  const dynamic = (max: number) => `openapi: 3.1.0
info: { title: Trees, version: "1" }
paths:
  /trees:
    post:
      operationId: plant
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Tree" } } } }
      responses: { "201": { description: made } }
components:
  schemas:
    Tree: { type: object, properties: { kind: { $dynamicRef: "#kind" } } }
    Kind: { $dynamicAnchor: kind, type: string, maxLength: ${max} }
`;
  assert.notDeepEqual(digests(dynamic(9)), digests(dynamic(10)));
});

test('names that are chosen freely count, whatever words they are', () => {
  const described = (names: string) =>
    digests(BASE.replace('required: [id, name]', `dependencies: { title: ${names} }`));
  assert.notDeepEqual(described('[id]')['a.list'], described('[id, name]')['a.list']);
});
