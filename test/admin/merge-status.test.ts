import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeUpstreams, mergeZones } from '../../src/admin/merge-status.ts';
import { STATUS } from './world.ts';

const [UPSTREAM] = STATUS.upstreams;

test('an address is as ill as the worst worker finds it, and connections add up', () => {
  const other = {
    ...UPSTREAM!,
    addresses: [
      { address: '10.0.0.5', state: 'on-trial', in_flight: 2, consecutive_failures: 4 },
      { address: '10.0.0.7', state: 'serving', in_flight: 0, consecutive_failures: 0 },
    ] as const,
    connections: 2,
    waiting: 1,
  };
  const merged = mergeUpstreams([STATUS.upstreams, [{ ...other, addresses: [...other.addresses] }]]);
  assert.equal(merged.length, 1);
  assert.deepEqual(merged[0], {
    ...UPSTREAM,
    addresses: [
      { address: '10.0.0.5', state: 'on-trial', in_flight: 3, consecutive_failures: 4 },
      { address: '10.0.0.6', state: 'ejected', in_flight: 0, consecutive_failures: 7 },
      { address: '10.0.0.7', state: 'serving', in_flight: 0, consecutive_failures: 0 },
    ],
    connections: 6,
    waiting: 1,
  });
});

test('connections of a zone add up over workers that share its listeners', () => {
  assert.deepEqual(mergeZones([STATUS.zones, STATUS.zones]), [{ ...STATUS.zones[0], connections: 6 }]);
  assert.deepEqual(mergeZones([]), []);
});
