import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UnderWay } from '../../src/channels/api/listener/under-way.ts';
import type { Transport } from '../../src/channels/api/transport.ts';

const transports = Array.from({ length: 6 }, (_, number) => ({ http_version: String(number) }) as Transport);
const acts = fc.array(
  fc.record({ add: fc.boolean(), which: fc.nat(transports.length - 1), until_ms: fc.integer({ min: 0, max: 100 }) }),
);

test('exchanges under way are those that came and have not gone, whatever the order of their going', () => {
  fc.assert(
    fc.property(acts, fc.integer({ min: 0, max: 101 }), (given, now_ms) => {
      const under_way = new UnderWay();
      const model = new Map<Transport, number>();
      for (const { add, which, until_ms } of given) {
        const transport = transports[which] as Transport;
        if (add && !model.has(transport)) {
          under_way.add(transport, until_ms);
          model.set(transport, until_ms);
        } else {
          under_way.delete(transport);
          model.delete(transport);
        }
        assert.equal(under_way.size, model.size);
        for (const each of transports) assert.equal(under_way.has(each), model.has(each));
        assert.equal(
          under_way.isLate(now_ms),
          [...model.values()].some((until) => now_ms > until),
        );
      }
      assert.deepEqual(new Set(under_way.keys()), new Set(model.keys()));
    }),
  );
});

test('a list of exchanges under way stays as it was while they go', () => {
  const under_way = new UnderWay();
  for (const transport of transports) under_way.add(transport, 0);
  let told = 0;
  for (const transport of under_way.keys()) {
    under_way.delete(transport);
    told++;
  }
  assert.equal(told, transports.length);
  assert.equal(under_way.size, 0);
});
