import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Reach } from '../../src/protocol/jsonschema/reach.ts';
import type { Slot } from '../../src/protocol/jsonschema/scope.ts';

interface Graph {
  readonly slots: readonly { readonly fragile: boolean; readonly edges: readonly { to: number; inPlace: boolean }[] }[];
  readonly roots: readonly number[];
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 8 }).chain((size) => {
  const index = fc.nat({ max: size - 1 });
  const edge = fc.record({ to: index, inPlace: fc.boolean() });
  const fragile = fc.integer({ min: 0, max: 3 }).map((value) => value === 0);
  return fc.record({
    slots: fc.array(fc.record({ fragile, edges: fc.array(edge, { maxLength: 3 }) }), {
      minLength: size,
      maxLength: size,
    }),
    roots: fc.array(index, { minLength: 1, maxLength: 5 }),
  });
});

function slotsOf(graph: Graph): Slot[] {
  const slots: Slot[] = graph.slots.map(({ fragile }) => ({ check: null, fragile, edges: [] }));
  for (const [index, { edges }] of graph.slots.entries()) {
    for (const { to, inPlace } of edges) slots[index]?.edges.push({ slot: slots[to] as Slot, inPlace });
  }
  return slots;
}

function reachable(from: Slot, only: (edge: Slot['edges'][number]) => boolean): Set<Slot> {
  const found = new Set<Slot>();
  const waiting = from.edges.filter(only).map((edge) => edge.slot);
  for (let slot = waiting.pop(); slot; slot = waiting.pop()) {
    if (found.has(slot)) continue;
    found.add(slot);
    waiting.push(...slot.edges.filter(only).map((edge) => edge.slot));
  }
  return found;
}

test('what one schema after the other reaches is what each reaches by itself', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const slots = slotsOf(graph);
      const reach = new Reach();
      for (const root of graph.roots.map((index) => slots[index] as Slot)) {
        const all = [root, ...reachable(root, () => true)];
        const circle = all.some((slot) => reachable(slot, (edge) => edge.inPlace).has(slot));
        const reached = reach.follow(root);
        assert.equal(reached.circle, circle);
        assert.equal(
          reached.fragile,
          all.some((slot) => slot.fragile),
        );
        // A circle stops the load, and nothing of it is kept.
        if (circle) return;
      }
    }),
    { numRuns: 2000 },
  );
});

test('a long chain that many schemas share is followed once', () => {
  let reads = 0;
  let next: Slot = { check: null, fragile: true, edges: [] };
  for (let index = 0; index < 1000; index++) {
    const edges = [{ slot: next, inPlace: index % 2 === 0 }];
    next = {
      check: null,
      fragile: false,
      get edges() {
        reads++;
        return edges;
      },
    };
  }
  const reach = new Reach();
  for (let index = 0; index < 1000; index++) {
    const root: Slot = { check: null, fragile: false, edges: [{ slot: next, inPlace: false }] };
    assert.deepEqual(reach.follow(root), { circle: false, fragile: true });
  }
  assert.ok(reads <= 10_000, `${reads} reads`);
});
