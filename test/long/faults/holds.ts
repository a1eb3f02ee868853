/** Faults of `npm run faults` as tests, with their smaller numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFault } from '../../../bench/faults/frame.ts';
import { FAULTS } from '../../../bench/faults/list.ts';
import { faultText } from '../../../bench/faults/report.ts';

/** A test for each of these faults: no promise is broken. What this machine cannot do is skipped, and says why. */
export function holds(names: readonly string[]): void {
  for (const name of names) {
    const fault = FAULTS.find((one) => one.name === name);
    if (fault === undefined) throw new Error(`there is no fault ${name}`);
    test(`${fault.title}: ${fault.promise}`, async (context) => {
      const report = await runFault(fault, { quick: true, onBegun: (end) => context.after(end) });
      if (report.verdict === 'not possible here') return context.skip(report.reasons[0]);
      context.diagnostic(faultText(report));
      assert.deepEqual(report.reasons, [], faultText(report));
    });
  }
}
