/** Budgets as a caller meets them: refused with a time to come back at, and served again after it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeSite, until } from '../../acceptance/durability/site.ts';
import { curl } from '../../acceptance/harness/curl.ts';
import { outcomeOf, outcomesOf, untilOutcome } from '../../acceptance/harness/outcomes.ts';
import { missingTools } from '../../acceptance/harness/tools.ts';
import { wellBehaved } from '../../acceptance/harness/upstream.ts';

const needs_curl = { skip: missingTools('curl') };

/** An answer to curl or to a partner's program. */
interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface RateLimit {
  readonly name: string;
  readonly quota: number;
  readonly window_s: number;
  readonly remaining: number;
  readonly reset_s: number;
}

/** `"machine";q=5;w=10` and `"machine";r=4;t=2`. */
function rateLimitOf({ headers }: Told): RateLimit {
  const policy = /^"(\w+)";q=(\d+);w=(\d+)$/.exec(String(headers['ratelimit-policy']));
  const state = /^"(\w+)";r=(\d+);t=(\d+)$/.exec(String(headers['ratelimit']));
  assert.ok(policy && state, JSON.stringify(headers));
  assert.equal(policy[1], state[1]);
  return {
    name: policy[1]!,
    quota: Number(policy[2]),
    window_s: Number(policy[3]),
    remaining: Number(state[2]),
    reset_s: Number(state[3]),
  };
}

async function callUntilRefused(call: () => Promise<Told>): Promise<Told[]> {
  const answers: Told[] = [];
  for (let count = 0; count < 40; count++) {
    const answer = await call();
    answers.push(answer);
    if (answer.status === 429) return answers;
    assert.equal(answer.status, 200, answer.body);
  }
  throw new Error('the budget never ended');
}

async function recovers(refused: Told, call: () => Promise<Told>): Promise<void> {
  const retry_after_s = Number(refused.headers['retry-after']);
  assert.ok(Number.isInteger(retry_after_s) && retry_after_s >= 1 && retry_after_s <= 10, String(retry_after_s));
  await sleep(retry_after_s * 1000);
  assert.equal((await call()).status, 200);
}

const exchangeOf = ({ headers }: Told): string => String(headers['sallyport-exchange']);

for (const http of ['--http1.1', '--http2'] as const) {
  test(
    `with ${http} a machine sees its budget shrink, is refused when it ends, and served after Retry-After`,
    needs_curl,
    async (context) => {
      const site = await makeSite(context, { more: 'limits: { machine: 5/6s }\n' });
      const gate = await site.start();
      const call = () => curl(site.project, gate.port, '/api/orders', { args: [http] });
      const answers = await callUntilRefused(call);
      const refused = answers.at(-1)!;
      assert.equal(refused.headers['content-type'], 'application/problem+json');
      assert.match(refused.body, /urn:sallyport:problem:too-many-requests/);
      assert.ok(answers.length >= 6, 'the whole quota was given');
      const limits = answers.map(rateLimitOf);
      for (const { name, quota, window_s, reset_s } of limits) {
        assert.deepEqual({ name, quota, window_s }, { name: 'machine', quota: 5, window_s: 6 });
        assert.ok(reset_s <= 6);
      }
      assert.equal(limits[0]!.remaining, 4);
      assert.equal(limits.at(-1)!.remaining, 0);
      assert.equal((await outcomeOf(site.project, exchangeOf(refused))).code, 'LIMIT_MACHINE');
      const other = await curl(site.project, gate.port, '/api/orders', { as: 'globex-reports' });
      assert.equal(other.status, 200, 'the budget is of one machine');
      await recovers(refused, call);
      assert.equal(
        site.upstream.received.length,
        answers.length - 1 + 2,
        'what is refused does not reach the upstream',
      );
      assert.equal(await gate.stop(), 0);
    },
  );
}

test('party and operation have budgets of their own; how busy others are is not told', async (context) => {
  for (const [limits, code] of [
    ['limits: { party: 3/10s }', 'LIMIT_PARTY'],
    ['limits: { operation: 3/10s }', 'LIMIT_OPERATION'],
  ] as const) {
    const site = await makeSite(context, { more: `${limits}\n` });
    const gate = await site.start();
    const refused = (await callUntilRefused(site.partner(gate).read)).at(-1)!;
    assert.equal((await outcomeOf(site.project, exchangeOf(refused))).code, code);
    assert.equal(rateLimitOf(refused).name, code === 'LIMIT_PARTY' ? 'party' : 'machine');
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    assert.equal(await gate.stop(), 0);
  }
});

test('a source over its budget is refused before it is known, its connection ends, and it is served later', async (context) => {
  const site = await makeSite(context, { more: 'limits: { source: 4/2s }\n' });
  const gate = await site.start();
  const refused = (await callUntilRefused(site.partner(gate).read)).at(-1)!;
  assert.equal(refused.headers['connection'], 'close');
  assert.equal(refused.headers['ratelimit'], undefined);
  const outcome = await outcomeOf(site.project, exchangeOf(refused));
  assert.deepEqual([outcome.code, outcome.machine], ['LIMIT_SOURCE', null]);
  await recovers(refused, site.partner(gate).read);
  assert.equal(await gate.stop(), 0);
});

test('exchanges under way are bounded per machine; a place is free again when one ends, however it ends', async (context) => {
  const site = await makeSite(context, { more: 'limits: { concurrency: { machine: 3 } }\n' });
  const gate = await site.start();
  const held: (() => void)[] = [];
  site.upstream.answer((request, response) => void held.push(() => wellBehaved(request, response)));
  const partner = site.partner(gate);
  const under_way = [partner.order(), partner.order(), partner.order()];
  await until('three orders are under way', () => held.length === 3);
  const refused = await partner.read();
  assert.equal(refused.status, 429);
  assert.equal(refused.headers['retry-after'], '1');
  assert.equal((await outcomeOf(site.project, refused.exchange_id)).code, 'LIMIT_CONCURRENCY');
  const other = site.partner(gate, { as: 'globex-reports' });
  const of_other = other.read();
  await until('another machine has places of its own', () => held.length === 4);
  for (const answer of held.splice(0)) answer();
  for (const answer of await Promise.all(under_way)) assert.equal(answer.status, 201);
  assert.equal((await of_other).status, 200);
  site.upstream.answer((_request, response) => response.destroy());
  for (let call = 0; call < 6; call++) assert.equal((await partner.order()).status, 502);
  site.upstream.answer(wellBehaved);
  assert.equal((await partner.order()).status, 201, 'failed exchanges gave their places back');
  assert.equal(await gate.stop(), 0);
});

test('connections over the cap of a source are closed and recorded; when others end there is room again', async (context) => {
  const site = await makeSite(context, {
    zone_more: '    connections: { per_source: 4, new_per_source: 1000/1s }\n',
  });
  const gate = await site.start();
  const partners = Array.from({ length: 4 }, () => site.partner(gate, { connections: 1 }));
  for (const partner of partners) assert.equal((await partner.read()).status, 200);
  await assert.rejects(site.partner(gate).read());
  await untilOutcome(site.project, ({ code }) => code === 'ADMIT_CONNECTIONS');
  partners[0]!.close();
  await until('there is room again', () =>
    site
      .partner(gate)
      .read()
      .then(
        ({ status }) => status === 200,
        () => false,
      ),
  );
  assert.equal(await gate.stop(), 0);
  assert.ok((await outcomesOf(site.project)).every(({ code }) => code === null || code === 'ADMIT_CONNECTIONS'));
});
