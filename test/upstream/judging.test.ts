import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UpstreamTransition } from '../../src/channels/api/upstream/transitions.ts';
import { createTestCa, type TestCa, type TestIdentity } from '../resolver/certificates.ts';
import { broken, clientOf, NAME, type Service, silent, startServices, stateOf, well } from './services.ts';
import { EJECTION, get, NO_BREAKER, now, post, until } from './upstreams.ts';

let ca: TestCa;
let identity: TestIdentity;
let services: [Service, Service, Service];

before(async () => {
  ca = await createTestCa('Upstream Test CA');
  identity = await ca.issue({ dns: [NAME] });
  services = (await startServices([identity, identity, identity])) as typeof services;
});
after(async () => {
  await Promise.all(services.map((service) => service.die()));
});

/** Callers who ask one thing after the other, until the condition holds or the time is over. */
async function load(callers: number, call: () => Promise<unknown>, enough: () => boolean): Promise<number> {
  const end_ms = now() + 30_000;
  let done = 0;
  const caller = async (): Promise<void> => {
    while (!enough()) {
      assert.ok(now() < end_ms, 'it did not come to pass');
      await call();
      done++;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return done;
}

describe('one of three addresses', () => {
  it('dies under load: no safe request is lost; it is set aside, and comes back little by little', async () => {
    const told: UpstreamTransition[] = [];
    const [first, second, third] = services;
    const ejection = { ...EJECTION, slow_start_ms: 1_000 };
    const { client } = clientOf(services, ca, { ejection, onHealth: (one) => told.push(one) });
    const call = () => client.request(get());
    const before_ = third.requests;
    await load(8, call, () => third.requests > before_ + 50);
    const ending = third.die();
    await load(8, call, () => stateOf(client, third) === 'ejected');
    await ending;
    await third.revive();
    await load(8, call, () => stateOf(client, third) === 'returning');
    assert.ok((client.health().addresses[2]?.weight ?? 1) < 1);
    await load(8, call, () => stateOf(client, third) === 'serving');
    const changes = told.map(({ change }) => change);
    assert.deepEqual([changes[0], changes.at(-1)], ['address-ejected', 'address-returned']);
    assert.ok(told.every((one) => 'address' in one && one.address === third.host));
    assert.ok(first.requests > 0 && second.requests > 0);
    await client.close();
  });

  it('answers with 500 to everything: it is set aside, the answers of the others stay', async () => {
    const [first] = services;
    first.behave = broken;
    const told: UpstreamTransition[] = [];
    const { client } = clientOf(services, ca, { onHealth: (one) => told.push(one) });
    let errors = 0;
    await load(
      6,
      async () => {
        if ((await client.request(post())).status === 500) errors++;
      },
      () => stateOf(client, first) === 'ejected',
    );
    assert.equal(told[0]?.change === 'address-ejected' && told[0].cause, 'outlier');
    assert.equal(told[0]?.change === 'address-ejected' && told[0].reason, 'answers with errors of the server');
    assert.ok(errors >= 10);
    first.behave = well;
    await load(
      2,
      () => client.request(get()),
      () => stateOf(client, first) === 'serving',
    );
    await client.close();
  });

  it('answers slowly: the others get what it cannot take', async () => {
    const [first] = services;
    first.behave = (_request, response) => void setTimeout(() => response.end('late'), 150);
    const { client } = clientOf(services, ca);
    const seen = first.requests;
    const done = await load(
      6,
      () => client.request(get()),
      () => first.requests >= seen + 6,
    );
    assert.ok(first.requests - seen < done / 4, `${first.requests - seen} of ${done}`);
    first.behave = well;
    await client.close();
  });

  it('accepts and says nothing: safe requests are answered by the others, and it is set aside', async () => {
    const [first] = services;
    first.behave = silent;
    const timeouts = { connect_ms: 1_000, response_ms: 150, idle_ms: 500 };
    const { client } = clientOf(services, ca, { timeouts });
    await load(
      4,
      () => client.request(get()),
      () => stateOf(client, first) === 'ejected',
    );
    assert.match(client.health().addresses[0]?.last_failure?.reason ?? '', /^FORWARD_LATE: response/);
    first.behave = well;
    await client.close();
  });

  it('presents the certificate of somebody else: nothing is sent to it, and it is set aside as unproven', async () => {
    const [first, second] = services;
    const stranger = await createTestCa('Stranger');
    const false_service = (await startServices([identity, await stranger.issue({ dns: [NAME] })])) as [
      Service,
      Service,
    ];
    const { client } = clientOf(false_service, ca);
    for (let i = 0; i < 20; i++) assert.equal((await client.request(post())).address, first.host);
    assert.equal(false_service[1].requests, 0);
    assert.equal(stateOf(client, second), 'ejected');
    assert.match(client.health().addresses[1]?.last_failure?.reason ?? '', /^FORWARD_UNPROVEN/);
    await client.close();
    await Promise.all(false_service.map((one) => one.die()));
  });
});

describe('an upstream', () => {
  it('of which all addresses die is tried all the same, and used again as soon as it is back', async () => {
    const told: string[] = [];
    const { client } = clientOf(services, ca, {
      breaker: NO_BREAKER,
      ejection: { ...EJECTION, for_ms: 60_000, max_ms: 60_000 },
      onHealth: ({ change }) => told.push(change),
    });
    await client.request(get());
    await Promise.all(services.map((one) => one.die()));
    await until(() => client.health().connections === 0, 'the close is seen');
    for (let i = 0; i < 9; i++) await assert.rejects(client.request(get()), { code: 'FORWARD_UNREACHABLE' });
    assert.ok(told.includes('all-addresses-out'));
    await Promise.all(services.map((one) => one.revive()));
    assert.equal((await client.request(get())).status, 200, 'a minute of ejection does not keep it from use');
    assert.ok(told.includes('address-in-use-again'));
    await client.close();
  });

  it('that comes and goes is told of less and less often', async () => {
    const [first] = services;
    let ejections = 0;
    const { client } = clientOf(services, ca, {
      ejection: { ...EJECTION, failures: 1, for_ms: 50, max_ms: 10_000, outliers: null },
      onHealth: ({ change }) => {
        if (change === 'address-ejected') ejections++;
      },
    });
    let count = 0;
    first.behave = (request, response) => (count++ % 2 === 0 ? request.socket.destroy() : response.end('well'));
    const end_ms = now() + 1_500;
    await load(
      2,
      () => client.request(get()),
      () => now() > end_ms,
    );
    assert.ok(ejections >= 1 && ejections <= 8, `${ejections} ejections in 1.5 s, at least 50 ms each`);
    first.behave = well;
    await client.close();
  });

  it('behind several names uses all their addresses, by weight', async () => {
    const port = services[0].port;
    const endpoints = services.map(({ host }, index) => ({ host, port, weight: index + 1, locality: null }));
    const { client } = clientOf(services, ca, { endpoints });
    const counts = new Map<string, number>();
    for (let i = 0; i < 60; i++) {
      const { address } = await client.request(get());
      counts.set(address, (counts.get(address) ?? 0) + 1);
    }
    assert.deepEqual(
      services.map(({ host }) => counts.get(host)),
      [10, 20, 30],
    );
    await client.close();
  });

  it('is reached at the names that resolve when another does not', async () => {
    const port = services[0].port;
    const endpoints = ['nowhere.test', '127.0.0.2'].map((host) => ({ host, port, weight: 1, locality: null }));
    const real = clientOf(services, ca).dialler;
    const resolve = async (host: string, timeout_ms: number) => {
      if (host === 'nowhere.test') throw new Error('no such name');
      return real.resolve(host, timeout_ms);
    };
    const { client } = clientOf(services, ca, { endpoints, dialler: { ...real, resolve } });
    assert.equal((await client.request(get())).address, '127.0.0.2');
    await client.close();
  });
});

describe('health checks', () => {
  const checks = {
    path: '/healthz',
    interval_ms: 20,
    timeout_ms: 500,
    statuses: new Set([200]),
    healthy: 2,
    unhealthy: 2,
  };

  it('set an address aside before an exchange finds out, and bring it back', async () => {
    const [first] = services;
    first.behave_checked = (_request, response) => response.writeHead(503).end();
    const { client } = clientOf(services, ca, { checks });
    const seen = first.requests;
    client.watch();
    await until(() => stateOf(client, first) === 'failing', 'it is found out');
    for (let i = 0; i < 12; i++) await client.request(post());
    assert.equal(first.requests, seen);
    assert.equal(client.health().addresses[0]?.last_failure?.reason, 'status 503');
    first.behave_checked = null;
    await until(() => /serving|returning/.test(stateOf(client, first) ?? ''), 'it is back');
    await client.close();
  });

  it('begin only when asked to, and end with the upstream or when nobody watches it any more', async () => {
    const [first] = services;
    const { client, dialler } = clientOf(services, ca, { checks });
    const seen = first.checks;
    await sleep(80);
    assert.equal(dialler.sockets.length, 0, 'making a client dials nothing');
    client.watch();
    await until(() => first.checks > seen + 2, 'checks run');
    client.unwatch();
    const settled = first.checks;
    await sleep(120);
    assert.ok(first.checks <= settled + 1);
    assert.equal((await client.request(get())).status, 200, 'requests are answered all the same');
    client.watch();
    await until(() => first.checks > settled + 2, 'checks run again');
    await client.close();
    const closed = first.checks;
    await sleep(120);
    assert.equal(first.checks, closed);
    await until(() => dialler.sockets.every(({ destroyed }) => destroyed), 'every socket is closed');
  });

  it('take no answer of one that does not prove its name, and follow no redirect', async () => {
    const stranger = await createTestCa('Stranger');
    const pair = (await startServices([identity, await stranger.issue({ dns: [NAME] })])) as [Service, Service];
    pair[0].behave_checked = (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    const { client } = clientOf(pair, ca, { checks });
    client.watch();
    await until(() => pair.every((one) => stateOf(client, one) === 'failing'), 'both fail');
    assert.equal(pair[1].checks, 0);
    assert.match(client.health().addresses[1]?.last_failure?.reason ?? '', /^FORWARD_UNPROVEN/);
    assert.equal(client.health().addresses[0]?.last_failure?.reason, 'status 302');
    await client.close();
    await Promise.all(pair.map((one) => one.die()));
  });

  it('read no more of an answer than its bound, and wait no longer than theirs', async () => {
    const [first, second] = services;
    first.behave_checked = (_request, response) => {
      const more = () => void (response.destroyed || response.write(Buffer.alloc(16_384), () => setImmediate(more)));
      more();
    };
    second.behave_checked = silent;
    const { client } = clientOf(services, ca, { checks: { ...checks, timeout_ms: 100 } });
    client.watch();
    await until(() => [first, second].every((one) => stateOf(client, one) === 'failing'), 'both fail');
    assert.match(client.health().addresses[0]?.last_failure?.reason ?? '', /^FILTER_BODY_TOO_LARGE/);
    assert.match(client.health().addresses[1]?.last_failure?.reason ?? '', /^FORWARD_LATE/);
    first.behave_checked = null;
    second.behave_checked = null;
    await client.close();
  });

  it('of an address that takes no TLS handshake are late, not for ever', async () => {
    const hole = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.9');
    await once(hole, 'listening');
    const bound = hole.address();
    assert.ok(bound && typeof bound === 'object');
    const endpoints = [{ host: '127.0.0.9', port: bound.port, weight: 1, locality: null }];
    const { client } = clientOf(services, ca, { checks: { ...checks, timeout_ms: 60 }, endpoints });
    client.watch();
    await until(() => client.health().addresses[0]?.state === 'failing', 'it fails');
    assert.match(client.health().addresses[0]?.last_failure?.reason ?? '', /^FORWARD_LATE: TLS handshake/);
    await client.close();
    hole.close();
  });
});
