import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { createBudgets } from '../../src/channels/api/budgets.ts';
import { LimitMemory } from '../../src/core/limits/index.ts';
import { describeDefect } from '../../src/wiring/describe-defect.ts';
import { keepBudgets } from '../../src/wiring/keep-budgets.ts';

const CANARY = 'canary-77ab';

/** Errors whose message could be taken for a line of a stack trace. */
const MESSAGES = [
  `Unexpected token at position 3 of ${CANARY}`,
  `first\n    at ${CANARY} (/tmp/x.ts:1:1)`,
  `    at ${CANARY} (/tmp/x.ts:1:1)`,
  `\n\n    at ${CANARY}:1:1`,
  '',
];

describe('what the operator is told of a defect', () => {
  for (const message of MESSAGES) {
    it(`is its name and place, never its message: ${JSON.stringify(message)}`, () => {
      const told = describeDefect(new RangeError(message));
      assert.ok(!told.includes(CANARY), told);
      assert.match(told, /^RangeError at .*defect\.test\.ts:\d+:\d+\)?$/);
    });
  }

  it('is its type where it is no error', () => {
    assert.equal(describeDefect(CANARY), 'string');
    assert.equal(describeDefect(Object.assign(new Error(CANARY), { stack: undefined })), 'Error ');
  });
});

describe('budgets over a reload', () => {
  const rate = { quota: 2, window_ms: 60_000 };
  const none = { rate: null, concurrency: null };
  const options = (
    machines: readonly (readonly [string, { rate: typeof rate | null; concurrency: number | null }])[],
  ) => ({
    source: rate,
    machine: rate,
    party: rate,
    operation: rate,
    concurrency: { machine: 2, operation: 2 },
    machines: new Map(machines),
  });
  type Options = Parameters<typeof createBudgets>[0];

  it('are not given back by a machine that comes, goes or stands elsewhere in the file', () => {
    const budgetsFor = keepBudgets(new LimitMemory());
    const own = { rate, concurrency: null };
    const before = budgetsFor(
      options([
        ['a', none],
        ['b', own],
        ['c', own],
      ]) as Options,
    );
    assert.equal(
      budgetsFor(
        options([
          ['c', own],
          ['d', none],
          ['b', own],
        ]) as Options,
      ),
      before,
    );
    assert.notEqual(budgetsFor(options([['b', own]]) as Options), before);
  });
});
