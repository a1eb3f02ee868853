import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleContext, prepareContext } from '../../src/core/policy/context.ts';
import { ContextNumbers } from '../../src/core/policy/context-numbers.ts';

const contextOf = (zone: string) => prepareContext(exampleContext(zone));

test('equal contexts have one number, whichever connection they are of, and others have another', () => {
  const numbers = new ContextNumbers(10);
  const first = numbers.numberOf(contextOf('partner'));
  assert.equal(numbers.numberOf(contextOf('partner')), first);
  assert.notEqual(numbers.numberOf(contextOf('internal')), first);
});

test('a number is never given to another context, also not once it is forgotten', () => {
  const numbers = new ContextNumbers(2);
  const given = new Map<number, string>();
  const kept = Array.from({ length: 9 }, (_, index) => contextOf(`zone-${index}`));
  for (let round = 0; round < 5; round++) {
    for (const context of kept) {
      const number = numbers.numberOf(context);
      assert.equal(given.get(number) ?? context.key, context.key);
      given.set(number, context.key);
    }
    numbers.clear();
  }
});
