import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { LoadError } from '../../src/core/errors/index.ts';
import { parseJson } from '../../src/protocol/json/index.ts';

function load(schema: string, components: string) {
  const text = `openapi: 3.1.0
info: { title: Shop, version: '1' }
paths:
  /a:
    get:
      responses: { '200': { description: d, content: { application/json: { schema: ${schema} } } } }
components: { schemas: ${components} }
`;
  return loadContract({ api: 'shop', path: 'api.yaml', text, viewers: new Set(['acme', 'others']) });
}

/** How many members of `{"a":1,"b":2}` a caller of these groups does not see. */
function hiddenFrom(contract: ReturnType<typeof load>, ...groups: string[]): number {
  const [content] = contract.operations[0]?.responses.exact.get(200)?.content ?? [];
  if (content?.format !== 'json') throw new Error('the answer is not JSON');
  const result = content.schemaFor(new Set(groups)).check(parseJson(Buffer.from('{"a":1,"b":2}')));
  assert.ok(result.ok);
  return result.undeclared.length;
}

const VIEWED = '{ type: object, properties: { a: { type: integer }, b: { type: integer, x-views: [acme] } } }';

for (const [way, reference, components] of [
  ['a pointer', '#/components/schemas/A', `{ A: ${VIEWED} }`],
  ['an anchor', '#part', `{ A: ${VIEWED.replace('{ type', '{ $anchor: part, type')} }`],
  ['an identifier', 'urn:example:a', `{ A: ${VIEWED.replace('{ type', '{ $id: "urn:example:a", type')} }`],
] as const) {
  test(`x-views hides what is reached by ${way}`, () => {
    const contract = load(`{ $ref: "${reference}" }`, components);
    assert.equal(hiddenFrom(contract, 'others'), 1);
    assert.equal(hiddenFrom(contract, 'acme'), 0);
    assert.equal(hiddenFrom(contract), 1);
  });
}

test('x-views of a whole body stops the load, however it is reached', () => {
  const whole = '{ A: { $anchor: part, type: object, x-views: [acme] } }';
  assert.throws(() => load('{ $ref: "#part" }', whole), /x-views cannot hide a whole body/);
});

test('x-views beside dynamic references stops the load', () => {
  const dynamic = `{ A: ${VIEWED.replace('{ type', '{ $dynamicAnchor: part, type')} }`;
  assert.throws(
    () => load('{ $dynamicRef: "#part" }', dynamic),
    (error) => {
      assert.ok(error instanceof LoadError);
      assert.match(error.message, /x-views is not enforced in a description with \$dynamicAnchor/);
      return true;
    },
  );
});

test('views still work after the texts have been let go of', () => {
  const contract = load('{ $ref: "#/components/schemas/A" }', `{ A: ${VIEWED} }`);
  contract.release();
  assert.equal(hiddenFrom(contract, 'others'), 1);
  assert.throws(() => contract.locate(['']), /let go/);
});

test('answers without views are judged as before after the document has been let go of', () => {
  const contract = load(
    '{ type: array, items: { $ref: "#/components/schemas/A" } }',
    '{ A: { type: object, properties: { a: { enum: [{ x: 1 }, 2] } } } }',
  );
  const [content] = contract.operations[0]?.responses.exact.get(200)?.content ?? [];
  if (content?.format !== 'json') throw new Error('the answer is not JSON');
  const texts = ['[{"a":2}]', '[{"a":3}]', '[{"a":{"x":1}}]', '[{"b":1}]', '[]', '{}'];
  const verdicts = () => texts.map((text) => content.schemaFor(new Set()).check(parseJson(Buffer.from(text))));
  const before = verdicts();
  contract.release();
  assert.deepEqual(verdicts(), before);
  assert.deepEqual(
    before.map(({ ok }) => ok),
    [true, false, false, true, true, false],
  );
});
