import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSystemResolver, DialError, type Lookup } from '../../src/core/resolver/index.ts';

function counted(answer: Lookup): { lookup: Lookup; calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    lookup: (host) => {
      calls.push(host);
      return answer(host);
    },
  };
}

const two: Lookup = async () => [
  { address: '192.0.2.1', family: 4 },
  { address: '2001:db8::1', family: 6 },
  { address: '192.0.2.1', family: 4 },
];

describe('the system resolver', () => {
  it('answers a literal address without a lookup and for ever', async () => {
    const { lookup, calls } = counted(two);
    const resolver = createSystemResolver({ lookup, now: () => 0 });
    for (const [host, address] of [
      ['127.0.0.1', '127.0.0.1'],
      ['[::1]', '::1'],
      ['2001:db8::7', '2001:db8::7'],
    ] as const) {
      const resolution = await resolver.resolve(host);
      assert.deepEqual(
        resolution.addresses.map((a) => a.address),
        [address],
      );
      assert.equal(resolution.valid_until_ms, Number.POSITIVE_INFINITY);
    }
    assert.deepEqual(calls, []);
  });

  it('gives each address once and says until when it holds', async () => {
    const resolver = createSystemResolver({ lookup: two, now: () => 100 });
    const resolution = await resolver.resolve('svc.test');
    assert.deepEqual(resolution.addresses, [
      { address: '192.0.2.1', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ]);
    assert.equal(resolution.valid_until_ms, 5_100);
    assert.deepEqual(resolution.evidence, { source: 'system', proven: false });
  });

  it('looks a name up once while the answer holds, in any spelling, and again after', async () => {
    let now_ms = 0;
    const { lookup, calls } = counted(two);
    const resolver = createSystemResolver({ lookup, now: () => now_ms });
    await Promise.all([resolver.resolve('svc.test'), resolver.resolve('SVC.test')]);
    now_ms = 4_999;
    await resolver.resolve('svc.test');
    assert.equal(calls.length, 1);
    now_ms = 5_000;
    await resolver.resolve('svc.test');
    assert.equal(calls.length, 2);
  });

  it('remembers a failure only for a second', async () => {
    let now_ms = 0;
    const { lookup, calls } = counted(async () => {
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    });
    const resolver = createSystemResolver({ lookup, now: () => now_ms });
    const expected = { name: 'DialError', code: 'FORWARD_NAME', reason: 'ENOTFOUND' };
    await assert.rejects(resolver.resolve('svc.test'), expected);
    await assert.rejects(resolver.resolve('svc.test'), expected);
    assert.equal(calls.length, 1);
    now_ms = 1_000;
    await assert.rejects(resolver.resolve('svc.test'), DialError);
    assert.equal(calls.length, 2);
  });

  it('refuses a name that points only to addresses no service can stand on', async () => {
    const lookup: Lookup = async () =>
      ['0.0.0.0', '::', '224.0.0.1', 'ff02::1', '255.255.255.255', 'nonsense'].map((address) => ({
        address,
        family: 4,
      }));
    const resolver = createSystemResolver({ lookup, now: () => 0 });
    await assert.rejects(resolver.resolve('svc.test'), { code: 'FORWARD_NAME' });
  });

  it('holds a bounded number of names', async () => {
    const { lookup, calls } = counted(two);
    const resolver = createSystemResolver({ lookup, now: () => 0, max_names: 2 });
    for (const host of ['a.test', 'b.test', 'c.test', 'a.test']) await resolver.resolve(host);
    assert.deepEqual(calls, ['a.test', 'b.test', 'c.test', 'a.test']);
    await resolver.resolve('c.test');
    assert.equal(calls.length, 4);
  });
});
