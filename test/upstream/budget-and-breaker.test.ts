import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Breaker, type BreakerChange, type BreakerOptions } from '../../src/channels/api/upstream/breaker.ts';
import { RetryBudget } from '../../src/channels/api/upstream/retry-budget.ts';
import type { UpstreamTransition } from '../../src/channels/api/upstream/transitions.ts';
import { BREAKER, clientFor, EJECTION, get, NO_BREAKER, ok, rawUpstream, until } from './upstreams.ts';

describe('the retry budget', () => {
  it('bounds what an upstream in trouble sees, and says so on the refusals', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.destroy());
    const client = clientFor(upstream.port, { retries: 5, breaker: NO_BREAKER });
    const requests = 200;
    const outcomes = await Promise.allSettled(Array.from({ length: requests }, () => client.request(get())));
    const refusals = outcomes.map((one) => (one.status === 'rejected' ? one.reason : assert.fail('an answer')));
    assert.ok(refusals.every(({ code }) => code === 'FORWARD_BROKEN'));
    const unrepeated = refusals.filter(({ detail }) => /not repeated: the retry budget/.test(detail.reason));
    assert.ok(unrepeated.length > 100);
    assert.ok(
      upstream.requests.length <= requests * 1.2 + 30,
      `${requests} requests of callers were ${upstream.requests.length} at the upstream`,
    );
    assert.equal(client.health().retries_left, 0);
    await client.close();
    await upstream.close();
  });

  it('is not touched by requests that never left', async () => {
    const client = clientFor(1, { retries: 2, breaker: NO_BREAKER });
    await Promise.allSettled(Array.from({ length: 60 }, () => client.request(get())));
    assert.ok(client.health().retries_left >= 30);
    await client.close();
  });

  it('is never exceeded, whatever the times of requests and repetitions', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3_000), fc.nat(20), fc.nat(20)), { maxLength: 60 }), (turns) => {
        const budget = new RetryBudget({ share: 0.2, floor_per_s: 3 });
        const requests: number[] = [];
        const repetitions: number[] = [];
        let now_ms = 0;
        for (const [wait_ms, asked, repeated] of turns) {
          now_ms += wait_ms;
          for (let i = 0; i < asked; i++) budget.requested(requests[requests.push(now_ms) - 1] as number);
          for (let i = 0; i < repeated; i++) if (budget.take(now_ms)) repetitions.push(now_ms);
          const lately = (times: number[], span_ms: number) => times.filter((at) => at > now_ms - span_ms).length;
          assert.ok(lately(repetitions, 9_000) <= 30 + 0.2 * lately(requests, 20_000));
        }
      }),
    );
  });
});

function breakerFixture(options: Partial<BreakerOptions> = {}) {
  const clock = { now_ms: 10_000 };
  const told: BreakerChange[] = [];
  const breaker = new Breaker(
    { window_ms: 10_000, volume: 20, share: 0.5, for_ms: 5_000, probes: 3, ...options },
    () => clock.now_ms,
    (change) => told.push(change),
  );
  const run = (party: string, finding: 'good' | 'bad' | 'nothing', times = 1): number => {
    let let_in = 0;
    for (let i = 0; i < times; i++) {
      const entered = breaker.enter(party);
      if (entered === null) continue;
      let_in++;
      breaker.ended(party, entered, finding);
    }
    return let_in;
  };
  return { clock, told, breaker, run };
}

describe('a breaker', () => {
  it('opens when most exchanges fail, not before there are enough of them', () => {
    const { breaker, run, told } = breakerFixture();
    run('acme', 'bad', 19);
    assert.equal(breaker.state, 'closed');
    run('acme', 'bad');
    assert.equal(breaker.state, 'open');
    assert.deepEqual(told, [{ change: 'breaker-opened', for_ms: 5_000, failed_share: 1 }]);
    assert.equal(breaker.enter('acme'), null);
    assert.equal(breaker.refusesFor_s('acme'), 5);
  });

  it('stays closed while half of them work, and at 100% whatever happens', () => {
    const { breaker, run } = breakerFixture();
    for (let i = 0; i < 200; i++) run('acme', i % 2 === 0 ? 'good' : 'bad');
    assert.equal(breaker.state, 'closed');
    const never = breakerFixture({ share: 1 });
    never.run('acme', 'bad', 1_000);
    assert.equal(never.breaker.state, 'closed');
  });

  it('is not opened to the harm of others by one party whose exchanges fail', () => {
    const { breaker, run } = breakerFixture();
    run('globex', 'good', 2);
    run('acme', 'bad', 5_000);
    assert.equal(breaker.state, 'closed');
  });

  it('lets a party that has not failed lately through while it is open, and closes when that works', () => {
    const { breaker, run } = breakerFixture();
    run('acme', 'bad', 20);
    assert.equal(breaker.state, 'open');
    assert.equal(run('acme', 'good'), 0);
    assert.equal(run('globex', 'good', 3), 3);
    assert.equal(breaker.state, 'closed');
  });

  it('lets a few through when its time is over, one of a party, and closes when as many work', () => {
    const { breaker, clock, run, told } = breakerFixture();
    run('acme', 'bad', 20);
    clock.now_ms += 5_000;
    assert.equal(breaker.state, 'half-open');
    const entries = ['acme', 'acme', 'b', 'c', 'd'].map((party) => [party, breaker.enter(party)] as const);
    assert.deepEqual(
      entries.map(([, entered]) => entered),
      ['probe', null, 'probe', 'probe', null],
    );
    for (const [party, entered] of entries) if (entered) breaker.ended(party, entered, 'good');
    assert.equal(breaker.state, 'closed');
    assert.deepEqual(
      told.map(({ change }) => change),
      ['breaker-opened', 'breaker-closed'],
    );
  });

  it('opens again when what it lets through fails', () => {
    const { breaker, clock, run } = breakerFixture();
    run('acme', 'bad', 20);
    clock.now_ms += 5_000;
    assert.equal(run('acme', 'bad', 5), 1);
    assert.equal(breaker.state, 'open');
    assert.equal(breaker.refusesFor_s('acme'), 5);
  });

  it('learns nothing from callers who leave, and gives their place to others', () => {
    const { breaker, clock, run } = breakerFixture();
    run('acme', 'nothing', 100);
    assert.equal(breaker.state, 'closed');
    run('acme', 'bad', 20);
    clock.now_ms += 5_000;
    assert.equal(run('acme', 'nothing', 50), 50);
    assert.equal(breaker.state, 'half-open');
  });

  it('never lets more through at once than it may, and closes again, whatever happened before', () => {
    const step = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      fc.constantFrom('enter', 'good', 'bad', 'nothing', 'wait'),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const { breaker, clock, run } = breakerFixture({ volume: 5 });
        const open: { party: string; entered: 'normal' | 'probe' }[] = [];
        for (const [party, what] of steps) {
          if (what === 'wait') clock.now_ms += 1_700;
          else if (what === 'enter') {
            const refused = breaker.refusesFor_s(party) !== null;
            const entered = breaker.enter(party);
            assert.equal(entered === null, refused, 'what it says beforehand is what it does');
            if (entered) open.push({ party, entered });
          } else {
            const at = open.findIndex((one) => one.party === party);
            const [one] = at < 0 ? [] : open.splice(at, 1);
            if (one) breaker.ended(one.party, one.entered, what);
          }
          assert.ok(open.filter(({ entered }) => entered === 'probe').length <= 3);
        }
        for (const { party, entered } of open) breaker.ended(party, entered, 'nothing');
        for (let i = 0; i < 20; i++) {
          clock.now_ms += 5_000;
          for (const party of ['a', 'b', 'c', 'd', 'e']) run(party, 'good', 3);
        }
        assert.equal(breaker.state, 'closed');
      }),
    );
  });

  it('counts parties in bounded memory', () => {
    const { breaker, run } = breakerFixture();
    for (let i = 0; i < 5_000; i++) run(`party-${i}`, 'bad');
    assert.equal(breaker.state, 'open');
  });
});

describe('an upstream that fails altogether', () => {
  it('is left alone: refused at once with FORWARD_OPEN, tried by a few, and used again', async () => {
    let well = false;
    const upstream = await rawUpstream(({ socket }) => (well ? socket.write(ok('well')) : socket.destroy()));
    const told: UpstreamTransition[] = [];
    const client = clientFor(upstream.port, {
      breaker: { ...BREAKER, for_ms: 200 },
      ejection: { ...EJECTION, for_ms: 10, max_ms: 10 },
      onHealth: (one) => told.push(one),
    });
    for (let i = 0; i < 20; i++) await assert.rejects(client.request(get()), { code: 'FORWARD_BROKEN' });
    assert.equal(client.health().breaker, 'open');
    const seen = upstream.requests.length;
    for (let i = 0; i < 10; i++) {
      await assert.rejects(client.request(get()), { code: 'FORWARD_OPEN', detail: { retry_after_s: 1 } });
    }
    assert.equal(client.refusal('acme')?.code, 'FORWARD_OPEN');
    assert.equal(upstream.requests.length, seen, 'nothing reached it');
    well = true;
    await until(() => client.refusal('acme') === null, 'its time is over');
    for (let i = 0; i < 3; i++) assert.equal((await client.request(get())).status, 200);
    assert.equal(client.health().breaker, 'closed');
    const changes = told.map(({ change }) => change);
    assert.ok(changes.includes('breaker-opened') && changes.at(-1) === 'breaker-closed', changes.join());
    await client.close();
    await upstream.close();
  });

  it('opens its breaker for 503 of the service, not for 500, which one request can provoke', async () => {
    let status = 500;
    const upstream = await rawUpstream(({ socket }) =>
      socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`),
    );
    const client = clientFor(upstream.port);
    for (let i = 0; i < 50; i++) await client.request(get());
    assert.equal(client.health().breaker, 'closed');
    await client.close();
    status = 503;
    const other = clientFor(upstream.port);
    for (let i = 0; i < 20; i++) await other.request(get());
    await assert.rejects(other.request(get()), { code: 'FORWARD_OPEN' });
    await other.close();
    await upstream.close();
  });
});
