import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadContract, type Operation } from '../../src/channels/api/contract/index.ts';
import { parseJson, trim } from '../../src/protocol/json/index.ts';

/** GET /pets, answering with a schema that leads to the components by `$id` and `$anchor`. */
function contract(components: string, schema = "{ $ref: '#pet' }") {
  const text = `openapi: 3.1.0
info: { title: Pets, version: '1' }
paths:
  /pets:
    get:
      operationId: get
      responses: { '200': { description: a, content: { application/json: { schema: ${schema} } } } }
components:
  schemas: ${components}
`;
  return loadContract({ api: 'pets', path: 'api.yaml', text });
}

function seenBy(operation: Operation | undefined, viewers: readonly string[], text: string): string {
  const content = operation?.responses.exact.get(200)?.content[0];
  assert.ok(content?.format === 'json');
  const tape = parseJson(Buffer.from(text));
  const result = content.schemaFor(new Set(viewers)).check(tape);
  return result.ok ? trim(tape, result.undeclared).toString() : `${result.keyword} ${result.pointer}`;
}

test('what an $anchor leads to is held to its views and annotations', () => {
  const loaded = contract(`
    Pet: { $anchor: pet, type: object, properties: { name: { type: string }, chip: { $ref: 'https://pets.example/chip' } } }
    Chip: { $id: 'https://pets.example/chip', $ref: '#own', $defs: { a: { $anchor: own, type: string, x-views: [vets] } } }`);
  const [operation] = loaded.operations;
  assert.deepEqual(loaded.views, ['vets']);
  assert.equal(seenBy(operation, ['vets'], '{"name":"a","chip":"c"}'), '{"name":"a","chip":"c"}');
  assert.equal(seenBy(operation, [], '{"name":"a","chip":"c"}'), '{"name":"a"}');
  assert.equal(seenBy(operation, [], '{"name":1}'), 'type /name');
});

test('extensions behind an $anchor are held to their form, at their place', () => {
  const bad = '{ Pet: { $anchor: pet, type: string, x-personal-data: yes } }';
  assert.throws(() => contract(bad), /CONTRACT_BINDING #\/components\/schemas\/Pet\/x-personal-data/);
});

test('a reference to an identifier that nobody has, or two have, stops the load', () => {
  assert.throws(() => contract('{ Pet: { type: object } }'), /CONTRACT_REF #\/paths\/~1pets\/get.*\/\$ref/);
  assert.throws(() => contract('{ A: { $anchor: pet }, B: { $anchor: pet } }'), /more than one schema/);
});

test('a dynamic reference leads to the outermost schema of its name', () => {
  const list =
    "List: { $id: list, type: array, items: { $dynamicRef: '#item' }, $defs: { any: { $dynamicAnchor: item } } }";
  const pets = 'Pets: { $id: pets, $ref: list, $defs: { item: { $dynamicAnchor: item, type: string } } }';
  const [operation] = contract(`{ ${list}, ${pets} }`, "{ $ref: '#/components/schemas/Pets' }").operations;
  assert.equal(seenBy(operation, [], '["a"]'), '["a"]');
  assert.equal(seenBy(operation, [], '[1]'), 'type /0');
});
