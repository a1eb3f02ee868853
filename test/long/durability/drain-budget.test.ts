/** The drain has an end, whatever the upstream and the callers do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSite, until } from '../../acceptance/durability/site.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';

const BUDGET_MS = 10_000;

test('when the budget of the drain is over the gate ends with 0, and no order is left without an outcome', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  site.upstream.answer(() => undefined);
  const partner = site.partner(gate);
  const under_way = [partner.order(), partner.read()];
  for (const call of under_way) call.catch(() => undefined);
  await until('both are under way', () => site.upstream.received.length === 2);
  const began_ms = performance.now();
  assert.equal(await gate.stop(), 0);
  const took_ms = performance.now() - began_ms;
  context.diagnostic(`ended after ${Math.round(took_ms)} ms`);
  assert.ok(took_ms > BUDGET_MS - 500 && took_ms < BUDGET_MS + 2000, `${took_ms} ms`);
  // Cut off, or told that the service was late, whichever of the two bounds of 10 s came first.
  for (const call of under_way) {
    const status = await call.then(
      (answer) => answer.status,
      () => 'torn',
    );
    assert.ok(status === 'torn' || status === 504, String(status));
  }
  await (await site.start()).stop();
  const records = await outcomesOf(site.project);
  const outcomes = records.filter(({ kind }) => kind === 'outcome');
  context.diagnostic(records.map(({ event, kind, code, method }) => event ?? `${kind} ${method} ${code}`).join(', '));
  const [intent] = records.filter(({ kind }) => kind === 'intent');
  assert.ok(outcomes.some(({ exchange_id }) => exchange_id === intent?.exchange_id));
  assert.equal(outcomes.length, 2, 'the read has its outcome too');
});
