import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConcurrencyLimiter, ConnectionAdmission, enterAll, sourceKey } from '../../src/core/limits/index.ts';

const START_MS = 1_790_000_000_000;
const CAPS = {
  total: 10,
  per_source: 3,
  new_per_source: { quota: 5, window_ms: 1000 },
  bytes_per_source: { quota: 1000, window_ms: 1000 },
};

function admit(gate: ConnectionAdmission, address: string, now_ms = START_MS) {
  const admission = gate.admitConnection(address, now_ms);
  assert.ok(admission.ok);
  return admission.lease;
}

test('a source holds at most its cap of open connections and gets a place back when one ends', () => {
  const gate = new ConnectionAdmission(CAPS);
  const leases = [1, 2, 3].map(() => admit(gate, '192.0.2.1'));
  assert.deepEqual(gate.admitConnection('192.0.2.1', START_MS), { ok: false, code: 'ADMIT_CONNECTIONS' });
  leases[0]?.end();
  assert.equal(gate.admitConnection('192.0.2.1', START_MS).ok, true);
});

test('all sources together hold at most the total', () => {
  const gate = new ConnectionAdmission(CAPS);
  for (let i = 0; i < 10; i++) admit(gate, `192.0.2.${i}`);
  assert.deepEqual(gate.admitConnection('192.0.2.99', START_MS), { ok: false, code: 'ADMIT_CONNECTIONS' });
  assert.equal(gate.open, 10);
});

test('a source that opens connections too fast is refused, and its refused connections hold no place', () => {
  const gate = new ConnectionAdmission(CAPS);
  for (let i = 0; i < 5; i++) admit(gate, '192.0.2.1').end();
  assert.deepEqual(gate.admitConnection('192.0.2.1', START_MS), { ok: false, code: 'ADMIT_HANDSHAKES' });
  assert.equal(gate.open, 0);
  assert.equal(gate.openOf('192.0.2.1'), 0);
  assert.equal(gate.admitConnection('192.0.2.1', START_MS + 200).ok, true);
});

test('bytes are counted over all connections of a source', () => {
  const gate = new ConnectionAdmission(CAPS);
  const [one, two] = [admit(gate, '192.0.2.1'), admit(gate, '192.0.2.1')];
  assert.equal(one.bytes(600, START_MS), true);
  assert.equal(two.bytes(600, START_MS), false);
  assert.equal(two.bytes(400, START_MS), true);
  assert.equal(admit(gate, '192.0.2.2').bytes(1000, START_MS), true);
});

test('ending a lease twice gives back one place', () => {
  const gate = new ConnectionAdmission(CAPS);
  const [one] = [admit(gate, '192.0.2.1'), admit(gate, '192.0.2.1')];
  one?.end();
  one?.end();
  assert.equal(gate.open, 1);
});

test('IPv6 sources are counted by /64 and mapped IPv4 addresses as IPv4', () => {
  const keys: [string | undefined, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0:0:ffff::2', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['2001:db8::ffff:192.0.2.1', '2001:db8:0:0::/64'],
    [undefined, 'unknown'],
    ['', 'unknown'],
    ['example.org', 'unknown'],
  ];
  for (const [address, key] of keys) assert.equal(sourceKey(address), key, String(address));
});

test('two IPv6 addresses share a key exactly when their first 64 bits are the same', () => {
  const text = (groups: readonly number[]) => groups.map((group) => group.toString(16)).join(':');
  const group = fc.integer({ min: 0, max: 0xffff });
  const eight = fc
    .array(group, { minLength: 8, maxLength: 8 })
    .filter((groups) => groups.slice(0, 4).some((g) => g > 0));
  fc.assert(
    fc.property(eight, eight, (a, b) => {
      const shared = [...a.slice(0, 4), ...b.slice(4)];
      assert.equal(sourceKey(text(a)), sourceKey(text(shared)));
      assert.equal(sourceKey(text(a)) === sourceKey(text(b)), text(a.slice(0, 4)) === text(b.slice(0, 4)));
    }),
  );
});

test('no text is too strange to be a source', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof sourceKey(text) === 'string'));
});

test('a key has as many places as the cap, and releases are idempotent', () => {
  const limiter = new ConcurrencyLimiter(2);
  const [first, second] = [limiter.enter('a'), limiter.enter('a')];
  assert.ok(first && second);
  assert.equal(limiter.enter('a'), null);
  assert.ok(limiter.enter('b'));
  first();
  first();
  assert.equal(limiter.count('a'), 1);
  assert.ok(limiter.enter('a'));
  assert.equal(limiter.enter('a'), null);
});

test('a key with nothing under way is forgotten', () => {
  const limiter = new ConcurrencyLimiter(1);
  for (let i = 0; i < 10_000; i++) limiter.enter(`key-${i}`)?.();
  assert.equal(limiter.keys, 0);
});

test('places are taken at all limiters or at none', () => {
  const [machine, operation] = [new ConcurrencyLimiter(5), new ConcurrencyLimiter(1)];
  const places = [
    { limiter: machine, key: 'm' },
    { limiter: operation, key: 'o' },
  ];
  const release = enterAll(places);
  assert.ok(release);
  assert.equal(enterAll(places), null);
  assert.deepEqual([machine.count('m'), operation.count('o')], [1, 1]);
  release();
  assert.deepEqual([machine.keys, operation.keys], [0, 0]);
});
