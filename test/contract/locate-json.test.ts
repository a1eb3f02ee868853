import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { locateInJson } from '../../src/channels/api/contract/locate-json.ts';

test('a member is found at its key, an item at its first character, what is missing at its parent', () => {
  const text = '{ "a" : [1, {"b\\u002fc": true}, "x,}]"], "\\"": {"d":-1.5e3 } }';
  assert.equal(locateInJson(text, []), 0);
  assert.equal(locateInJson(text, ['a']), text.indexOf('"a"'));
  assert.equal(locateInJson(text, ['a', '0']), text.indexOf('1'));
  assert.equal(locateInJson(text, ['a', '1', 'b/c']), text.indexOf('"b\\u002fc'));
  assert.equal(locateInJson(text, ['a', '2']), text.indexOf('"x'));
  assert.equal(locateInJson(text, ['a', '3', 'z']), text.indexOf('"a"'));
  assert.equal(locateInJson(text, ['"', 'd']), text.indexOf('"d"'));
  assert.equal(locateInJson(text, ['missing']), 0);
});

test('every place of any JSON document is found', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(0, 2), (json, indent) => {
      const value: unknown = JSON.parse(json);
      const text = JSON.stringify(value, null, indent);
      visit(value, [], text);
    }),
    { numRuns: 300 },
  );
});

function visit(value: unknown, parts: readonly string[], text: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const at = locateInJson(text, [...parts, key]);
    const expected: string = JSON.stringify(Array.isArray(value) ? child : key);
    assert.ok(
      text.startsWith(expected.slice(0, Array.isArray(value) ? 1 : undefined), at),
      `${[...parts, key].join('/')} in ${text}`,
    );
    visit(child, [...parts, key], text);
  }
}

test('broken text ends the search without an exception', () => {
  assert.equal(locateInJson('[}', ['1']), 0);
  const text = fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', 'a', '1', '\\', ' ') });
  const parts = fc.array(fc.constantFrom('a', '0', '1', '2', ''), { maxLength: 4 });
  fc.assert(
    fc.property(text, parts, (broken, names) => locateInJson(broken, names) >= 0),
    { numRuns: 2000 },
  );
});
