/** Kills a gate under load, again and again, and holds its log to what it acknowledged and what was executed. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Outcome, outcomesOf } from '../harness/outcomes.ts';
import { wellBehaved } from '../harness/upstream.ts';
import type { Partner } from './partner.ts';
import { makeSite, type Site } from './site.ts';

export interface RoundsReport {
  readonly rounds: number;
  /** Answers whose head arrived at the partner. */
  readonly acknowledged: number;
  /** Orders that reached the upstream. */
  readonly executed: number;
  /** Orders that reached the upstream and whose answer did not reach the partner. */
  readonly unanswered: number;
  readonly intents: number;
  readonly outcomes_unknown: number;
  readonly records: number;
}

const CONNECTIONS = 12;
/** Longer than an exchange, so that a kill finds exchanges in every step. */
const UPSTREAM_MS = [0, 1, 3, 8, 20];

/** What the partners saw: exchange ids that were told, and the orders that were answered. */
interface Seen {
  readonly acknowledged: Map<string, 'GET' | 'POST'>;
  readonly answered_items: Set<string>;
}

export async function killRounds(context: TestContext, rounds: number): Promise<RoundsReport> {
  const site = await makeSite(context);
  slowDown(site);
  const seen: Seen = { acknowledged: new Map(), answered_items: new Set() };
  let gate = await site.start();
  for (let round = 0; round < rounds; round++) {
    const partner = site.partner(gate, { connections: CONNECTIONS });
    const load = runLoad(partner, seen);
    const before = seen.acknowledged.size;
    while (seen.acknowledged.size < before + 5) await sleep(1);
    // At another moment each round.
    await sleep(40 + ((round * 61) % 300));
    await gate.kill();
    await load;
    partner.close();
    gate = await site.start();
    checkPromises(await outcomesOf(site.project), site, seen);
  }
  assert.equal(await gate.stop(), 0);
  return checkPromises(await outcomesOf(site.project), site, seen, rounds);
}

function slowDown({ upstream }: Site): void {
  let calls = 0;
  upstream.answer((request, response) => {
    const delay_ms = UPSTREAM_MS[calls++ % UPSTREAM_MS.length]!;
    setTimeout(() => wellBehaved(request, response), delay_ms);
  });
}

/** Calls on every connection until the gate is gone. */
async function runLoad(partner: Partner, seen: Seen): Promise<void> {
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => callUntilGone(partner, seen, index)));
}

async function callUntilGone(partner: Partner, { acknowledged, answered_items }: Seen, index: number): Promise<void> {
  for (let call = index; ; call++) {
    const item = randomUUID();
    const method = call % 2 === 0 ? 'GET' : 'POST';
    try {
      const { status, exchange_id, body } = await (method === 'GET' ? partner.read() : partner.order(item));
      assert.equal(status, method === 'GET' ? 200 : 201, body);
      acknowledged.set(exchange_id, method);
      if (method === 'POST') answered_items.add(item);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
  }
}

function checkPromises(records: readonly Outcome[], { upstream }: Site, seen: Seen, rounds = 0): RoundsReport {
  const outcomes = byExchange(records, 'outcome');
  const intents = byExchange(records, 'intent');
  for (const [id, method] of seen.acknowledged) {
    const outcome = outcomes.get(id);
    assert.equal(outcome?.verdict, 'allowed', `${method} ${id} was acknowledged and has no outcome`);
    assert.equal(outcome.method, method);
  }
  const orders = upstream.received.filter(({ method }) => method === 'POST');
  for (const { headers } of orders) {
    const id = String(headers['sallyport-exchange']);
    assert.ok(intents.has(id), `${id} was executed and has no intent`);
  }
  const items = orders.map(({ body }) => (JSON.parse(body) as { item: string }).item);
  assert.equal(new Set(items).size, items.length, 'no order was executed twice');
  for (const id of intents.keys()) assert.ok(outcomes.has(id), `intent ${id} has no outcome`);
  for (const { code, exchange_id } of outcomes.values()) {
    if (code === 'OUTCOME_UNKNOWN') assert.ok(!seen.acknowledged.has(exchange_id));
  }
  return {
    rounds,
    acknowledged: seen.acknowledged.size,
    executed: items.length,
    unanswered: items.filter((item) => !seen.answered_items.has(item)).length,
    intents: intents.size,
    outcomes_unknown: [...outcomes.values()].filter(({ code }) => code === 'OUTCOME_UNKNOWN').length,
    records: records.length,
  };
}

function byExchange(records: readonly Outcome[], kind: Outcome['kind']): Map<string, Outcome> {
  const found = new Map<string, Outcome>();
  for (const record of records) {
    if (record.kind !== kind) continue;
    assert.ok(!found.has(record.exchange_id), `${record.exchange_id} has two records of kind ${kind}`);
    found.set(record.exchange_id, record);
  }
  return found;
}
