import { slotOf } from './hash.ts';
import { KEY_END, KEY_ESCAPED, KEY_HASH, KEY_START, NEXT, NODE_SHIFT, type Tape } from './tape.ts';

/** Objects up to this size compare every pair of hashes; larger ones use a table. */
const PAIRWISE_MAX = 12;
/** Probes allowed for each key before a table is given up: names made to collide must not cost n squared. */
const PROBES_PER_KEY = 8;

/**
 * Finds two members with the same name in one object (RFC 8259 section 4 leaves duplicates open, and two
 * parsers then read two messages).
 *
 * @param first first member of the object
 * @param end node after the last member
 * @returns the second of the two members, or -1
 */
export function findDuplicateKey(tape: Tape, first: number, end: number, count: number): number {
  return count <= PAIRWISE_MAX ? pairwise(tape, first, end) : byTable(tape, first, end, count);
}

function pairwise(tape: Tape, first: number, end: number): number {
  const { cells } = tape;
  for (let node = first; node < end; node = cells[(node << NODE_SHIFT) + NEXT] as number) {
    const hash = cells[(node << NODE_SHIFT) + KEY_HASH] as number;
    for (let other = first; other < node; other = cells[(other << NODE_SHIFT) + NEXT] as number) {
      if (cells[(other << NODE_SHIFT) + KEY_HASH] === hash && sameKey(tape, node, other)) return node;
    }
  }
  return -1;
}

function byTable(tape: Tape, first: number, end: number, count: number): number {
  const cells = tape.cells;
  const mask = (1 << (33 - Math.clz32(count))) - 1;
  const table = new Int32Array(mask + 1);
  let probes = count * PROBES_PER_KEY;
  for (let node = first; node < end; node = tape.next(node)) {
    const hash = cells[(node << NODE_SHIFT) + KEY_HASH] as number;
    let slot = slotOf(hash, mask);
    while (table[slot] !== 0) {
      const other = table[slot] as number;
      if (cells[(other << NODE_SHIFT) + KEY_HASH] === hash && sameKey(tape, node, other)) return node;
      if (--probes < 0) return byNames(tape, first, end);
      slot = (slot + 1) & mask;
    }
    table[slot] = node;
  }
  return -1;
}

/** The slow way, whose hash the far end cannot predict. */
function byNames(tape: Tape, first: number, end: number): number {
  const names = new Set<string>();
  for (let node = first; node < end; node = tape.next(node)) {
    const name = tape.keyOf(node) as string;
    if (names.has(name)) return node;
    names.add(name);
  }
  return -1;
}

function sameKey(tape: Tape, left: number, right: number): boolean {
  const { cells, source } = tape;
  const a = left << NODE_SHIFT;
  const b = right << NODE_SHIFT;
  if ((((cells[a] as number) | (cells[b] as number)) & KEY_ESCAPED) !== 0)
    return tape.keyOf(left) === tape.keyOf(right);
  const start = cells[a + KEY_START] as number;
  const length = (cells[a + KEY_END] as number) - start;
  const other = cells[b + KEY_START] as number;
  if ((cells[b + KEY_END] as number) - other !== length) return false;
  for (let at = 0; at < length; at++) if (source[start + at] !== source[other + at]) return false;
  return true;
}
