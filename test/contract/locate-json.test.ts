import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createJsonLocator } from '../../src/channels/api/contract/locate-json.ts';

/** Offset in UTF-16 code units of what a pointer leads to. */
function locateInJson(text: string, parts: readonly string[]): number {
  const { line, column } = createJsonLocator(text)(parts);
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, passed) => sum + passed.length + 1, 0) + column - 1;
}

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
  const strict = fc.json({ maxDepth: 4 }).filter((json) => !json.includes('__proto__'));
  fc.assert(
    fc.property(strict, fc.constantFrom(0, 2), (json, indent) => {
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

test('columns count UTF-16 code units, also behind wide characters', () => {
  const text = '{\n "é\u{1f600}": [1, {"x": 2}]\n}';
  assert.deepEqual(createJsonLocator(text)(['é\u{1f600}', '1', 'x']), {
    line: 2,
    column: text.split('\n')[1]!.indexOf('"x"') + 1,
  });
});
