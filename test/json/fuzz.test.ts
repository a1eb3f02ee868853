import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { JsonError, nodeValue, parseJson, trim } from '../../src/protocol/json/index.ts';

/** undefined when refused; anything but a JsonError fails the test. */
function parsed(bytes: Buffer): { value: unknown } | JsonError {
  try {
    return { value: nodeValue(parseJson(bytes)) };
  } catch (error) {
    assert.ok(error instanceof JsonError, String(error));
    return error;
  }
}

function native(bytes: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

/** The strictness beyond JSON.parse: only these codes may refuse what it accepts. */
const STRICTER = new Set(['duplicate-key', 'forbidden-key', 'depth', 'number', 'syntax']);

function agree(bytes: Buffer): void {
  const ours = parsed(bytes);
  const theirs = native(bytes);
  if (!(ours instanceof JsonError)) assert.deepEqual(ours, theirs);
  else if (theirs !== undefined) {
    assert.ok(STRICTER.has(ours.code), ours.code);
    if (ours.code === 'syntax') assert.match(bytes.toString(), /\\u[dD][89a-fA-F]/);
  }
}

const mutated = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\u0e-.+tfn\ud800 \u0000é')), { maxLength: 3 }),
  )
  .map(([text, edits]) => {
    let out = text;
    for (const [place, piece] of edits) {
      const at = place % (out.length + 1);
      out = place % 2 === 0 ? out.slice(0, at) + piece + out.slice(at) : out.slice(0, at) + piece + out.slice(at + 1);
    }
    return Buffer.from(out);
  });

describe('the strict JSON parser on arbitrary bytes', () => {
  it('lets only JsonError escape, and accepts what JSON.parse accepts less the documented strictness', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => agree(Buffer.from(bytes))),
      { numRuns: 3000 },
    );
  });

  it('agrees with JSON.parse on texts of JSON characters', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0123dD8cCeE-+.tfnrlasu '), maxLength: 16 });
    fc.assert(
      fc.property(soup, (text) => agree(Buffer.from(text))),
      { numRuns: 5000 },
    );
  });

  it('agrees with JSON.parse on mutated JSON', () => {
    fc.assert(fc.property(mutated, agree), { numRuns: 5000 });
  });

  it('reads every JSON value, however it is spaced', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        if (text.includes('__proto__') || /\\ud[89a-f]/i.test(text)) return;
        assert.deepEqual(parsed(Buffer.from(text)), { value: JSON.parse(text) });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('trim on arbitrary documents', () => {
  it('drops what it is told and nothing else', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.nat(3),
        fc.infiniteStream(fc.integer({ min: 0, max: 4 })),
        (value, indent, choice) => {
          const text = JSON.stringify(value, null, indent);
          if (text.includes('__proto__') || /\\ud[89a-f]/i.test(text)) return;
          const tape = parseJson(Buffer.from(text));
          const cuts: number[] = [];
          for (let node = 1; node < tape.size; ) {
            if (choice.next().value === 0) {
              cuts.push(node);
              node = tape.next(node);
            } else node++;
          }
          const expected = JSON.stringify(without(tape, 0, new Set(cuts)));
          assert.equal(JSON.stringify(JSON.parse(trim(tape, cuts).toString())), expected);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** The slow way: the value without the nodes that are cut. */
function without(tape: ReturnType<typeof parseJson>, node: number, cuts: ReadonlySet<number>): unknown {
  const value = nodeValue(tape, node);
  if (typeof value !== 'object' || value === null) return value;
  const kept: number[] = [];
  for (let child = node + 1; child < tape.next(node); child = tape.next(child)) if (!cuts.has(child)) kept.push(child);
  if (Array.isArray(value)) return kept.map((child) => without(tape, child, cuts));
  return Object.fromEntries(kept.map((child) => [tape.keyOf(child), without(tape, child, cuts)]));
}
