import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { before, describe, it } from 'node:test';
import { createDialler, type Lookup } from '../../src/core/resolver/index.ts';
import { createTestCa, type TestCa, type TestIdentity } from '../resolver/certificates.ts';
import { clientFor, EJECTION, get, now, post, until, watched } from './upstreams.ts';

const FIRST = '127.0.0.1';
const SECOND = '127.0.0.2';

let ca: TestCa;
let identity: TestIdentity;

before(async () => {
  ca = await createTestCa('Upstream Test CA');
  identity = await ca.issue({ dns: ['pair.test'] });
});

/** A service that answers with its own address. */
async function service(
  host: string,
  port = 0,
  as = identity,
): Promise<{ server: Server; port: number; die(): Promise<void> }> {
  const server = createServer({ key: as.key, cert: as.cert }, (_request, response) => response.end(host));
  server.listen(port, host);
  await once(server, 'listening');
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  const die = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { server, port: bound.port, die };
}

function pairClient(port: number, options: Parameters<typeof clientFor>[1] & { lookup?: Lookup } = {}) {
  const { lookup = async () => [FIRST, SECOND].map((address) => ({ address, family: 4 })), ...rest } = options;
  const dialler = watched(createDialler({ lookup, now }));
  return clientFor(`https://pair.test:${port}`, { ca: [ca.pem], dialler, retries: 1, ...rest });
}

describe('an upstream with two addresses', () => {
  it('is used at both, and each answer says what was proven', async () => {
    const one = await service(FIRST);
    const two = await service(SECOND, one.port);
    const client = pairClient(one.port);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.request(get())));
    assert.deepEqual([...new Set(answers.map((answer) => answer.address))].sort(), [FIRST, SECOND]);
    for (const answer of answers) {
      assert.equal(answer.body.toString(), answer.address);
      assert.equal(answer.evidence?.tls_version, 'TLSv1.3');
    }
    await client.close();
    await Promise.all([one.die(), two.die()]);
  });

  it('routes around the one that dies, even for unsafe requests, and comes back to it', async () => {
    const one = await service(FIRST);
    let two = await service(SECOND, one.port);
    const client = pairClient(one.port, { ejection: { ...EJECTION, failures: 2, for_ms: 150 } });
    await Promise.all(Array.from({ length: 8 }, () => client.request(get())));
    await two.die();
    await until(() => client.health().connections <= 4, 'its connections are gone');
    for (let i = 0; i < 20; i++) {
      assert.equal((await client.request(i % 2 === 0 ? get() : post())).address, FIRST);
    }
    assert.equal(client.health().addresses.find((one) => one.address === SECOND)?.state, 'ejected');

    two = await service(SECOND, one.port);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const after = await Promise.all(Array.from({ length: 12 }, () => client.request(get())));
    assert.ok(after.some((answer) => answer.address === SECOND));
    assert.ok(client.health().addresses.every((one) => /^(?:serving|returning)$/.test(one.state)));
    await client.close();
    await Promise.all([one.die(), two.die()]);
  });

  it('fails no safe request while one of them is killed under load', async () => {
    const one = await service(FIRST);
    const two = await service(SECOND, one.port);
    const client = pairClient(one.port);
    let left = 1_000;
    const caller = async () => {
      while (left-- > 0) {
        if (left === 500) void two.die();
        await client.request(get());
      }
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    await client.close();
    await one.die();
  });

  it('never sends to one that does not prove its name', async () => {
    const stranger = await createTestCa('Stranger');
    const one = await service(FIRST);
    const two = await service(SECOND, one.port, await stranger.issue({ dns: ['pair.test'] }));
    two.server.on('request', () => assert.fail('a request reached an unproven upstream'));
    const client = pairClient(one.port);
    for (let i = 0; i < 6; i++) assert.equal((await client.request(post())).address, FIRST);
    await one.die();
    await until(() => client.health().connections === 0, 'the close is seen');
    await assert.rejects(client.request(post()), (error: { code: string }) =>
      /^FORWARD_(UNPROVEN|UNREACHABLE)$/.test(error.code),
    );
    await client.close();
    await two.die();
  });

  it('follows its name when that points elsewhere, and keeps the old answer when the name service fails', async () => {
    const one = await service(FIRST);
    const two = await service(SECOND, one.port);
    let now_ms = 0;
    let found: readonly string[] | Error = [FIRST];
    const lookup: Lookup = async () => {
      if (found instanceof Error) throw found;
      return found.map((address) => ({ address, family: 4 }));
    };
    const clock = () => now_ms;
    const dialler = watched(createDialler({ lookup, now: clock }));
    const client = pairClient(one.port, { dialler, now: clock });
    assert.equal((await client.request(get({ deadline_ms: 1e9 }))).address, FIRST);
    const moveTo = async (next: readonly string[] | Error) => {
      found = next;
      now_ms += 6_000;
      await client.request(get({ deadline_ms: 1e9 }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await moveTo([SECOND]);
    assert.equal((await client.request(get({ deadline_ms: 1e9 }))).address, SECOND);
    await moveTo(new Error('no name service'));
    assert.equal((await client.request(get({ deadline_ms: 1e9 }))).address, SECOND);
    await until(() => client.health().connections === 1, 'connections to the old address are gone');
    await client.close();
    await Promise.all([one.die(), two.die()]);
  });

  it('whose name cannot be resolved is FORWARD_NAME', async () => {
    const client = pairClient(9, { lookup: async () => [] });
    await assert.rejects(client.request(get()), { code: 'FORWARD_NAME' });
    await client.close();
  });
});
