import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Upstream } from '../../src/channels/api/upstream/upstream.ts';
import type { ApiConfig } from '../../src/config/load.ts';
import { keepUpstreams } from '../../src/wiring/keep-upstreams.ts';
import { clientFor, EJECTION, get, ok, rawUpstream } from '../upstream/upstreams.ts';

/** A keeper of real clients that remembers which it made, which are watched and which are closed. */
function fixture(port = 1) {
  const made: { upstream: Upstream; watched: boolean; closed: boolean }[] = [];
  const keeper = keepUpstreams(() => {
    const upstream = clientFor(port);
    const entry = { upstream, watched: false, closed: false };
    made.push(entry);
    const close = upstream.close.bind(upstream);
    return Object.assign(upstream, {
      watch: () => {
        entry.watched = true;
      },
      unwatch: () => {
        entry.watched = false;
      },
      close: () => {
        entry.closed = true;
        return close();
      },
    });
  });
  const open = (timeouts_ms = 1_000, ca: readonly string[] | 'system' = 'system', id = 'orders') =>
    keeper.open(api(id, timeouts_ms), ca);
  return { keeper, made, open };
}

function api(id: string, response_ms: number): ApiConfig {
  const upstream = {
    url: new URL('http://127.0.0.1:9000/base'),
    endpoints: [{ host: '127.0.0.1', port: 9000, weight: 1, locality: null }],
    timeouts: { connect_ms: 1_000, response_ms, idle_ms: 1_000 },
    ejection: EJECTION,
    source: { file: 'sallyport.yaml', line: 1 + response_ms, column: 1 },
    trust: { path: '/x/ca.pem', file: 'ca.pem', source: { file: 'sallyport.yaml', line: 9, column: 1 } },
  };
  return { id, upstream } as unknown as ApiConfig;
}

describe('the keeper of upstreams', () => {
  it('gives the same client to the next plan where nothing that matters changed', async () => {
    const { keeper, made, open } = fixture();
    const first = open();
    keeper.inForce([first]);
    const second = open();
    keeper.inForce([second]);
    assert.equal(made.length, 1);
    assert.equal(first.streams, second.streams);
    await first.close();
    assert.equal(made[0]?.closed, false, 'the plan in force still holds it');
    await second.close();
    assert.equal(made[0]?.closed, true);
  });

  it('makes another one where options or trust bytes changed, or for another api', () => {
    const { keeper, made, open } = fixture();
    keeper.inForce([open()]);
    open(2_000);
    open(1_000, ['another bundle']);
    open(1_000, 'system', 'invoices');
    assert.equal(made.length, 4);
  });

  it('watches the upstreams of the plan in force, and no others', () => {
    const { keeper, made, open } = fixture();
    open();
    assert.equal(made[0]?.watched, false, 'a load is no plan in force');
    keeper.inForce([open()]);
    assert.deepEqual(
      made.map(({ watched }) => watched),
      [false, true],
    );
    keeper.inForce([open(2_000)]);
    assert.deepEqual(
      made.map(({ watched }) => watched),
      [false, false, true],
    );
    keeper.inForce([open(1_000)]);
    assert.deepEqual(
      made.map(({ watched }) => watched),
      [false, true, false],
      'the first is still held, and used again',
    );
  });

  it('lets go of a client once for each plan, however often that is asked', async () => {
    const { keeper, made, open } = fixture();
    const first = open();
    keeper.inForce([first]);
    const second = open();
    keeper.inForce([second]);
    await Promise.all([first.close(), first.close(), first.close()]);
    assert.equal(made[0]?.closed, false);
    await assert.rejects(first.request(get()), { code: 'ADMIT_DRAINING' });
    await second.close();
  });

  it('keeps nothing of a plan that never came in force', async () => {
    const { keeper, made, open } = fixture();
    const first = open();
    keeper.inForce([first]);
    const refused = open(2_000);
    await refused.close();
    assert.equal(made[1]?.closed, true);
    const same = open();
    await same.close();
    assert.equal(made[0]?.closed, false);
    keeper.inForce([open(2_000)]);
    assert.equal(made.length, 3);
  });

  it('gives a plan a working client though the last holder let go between its load and its switch', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.write(ok('well')));
    const { keeper, open } = fixture(upstream.port);
    const first = open();
    keeper.inForce([first]);
    keeper.inForce([open(2_000)]);
    const third = open();
    await first.close();
    keeper.inForce([third]);
    assert.equal((await third.request(get())).status, 200);
    await third.close();
    await upstream.close();
  });
});
