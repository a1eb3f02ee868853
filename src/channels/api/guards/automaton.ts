/**
 * The anchors of all rules as one deterministic automaton (Aho and Corasick, 1975) over classes of bytes: one step for
 * each byte of the text, however many anchors there are.
 */

/** What the automaton knows of a byte: its letter without case, digits as one, and 0 for whatever no anchor uses. */
const DIGIT = 0x30;
const FIRST_DIGIT = 0x30;
const LAST_DIGIT = 0x39;

export interface AnchorSet {
  /** Indices, given by the caller, of those whose anchor ends here. */
  readonly owners: readonly { readonly owner: number; readonly length: number }[];
}

export class Automaton {
  /** Class of each byte. */
  readonly classes: Uint8Array;
  /** `next[state << shift | class]`: the state after a byte. States below `quiet` end no anchor; 0 is the start. */
  readonly next: Uint16Array;
  readonly shift: number;
  /** The first state that ends an anchor. */
  readonly first_final: number;
  /** Of each final state, from `first_final` on. */
  readonly finals: readonly AnchorSet[];

  constructor(anchors: readonly Anchor[]) {
    this.classes = classesOf(anchors.map(({ text }) => text));
    const width = Math.max(...this.classes) + 1;
    this.shift = Math.max(1, Math.ceil(Math.log2(width)));
    const trie = buildTrie(anchors, this.classes, this.shift);
    linkFailures(trie, this.shift);
    const order = finalsLast(trie.owners);
    this.first_final = order.first_final;
    this.finals = order.states.slice(order.first_final).map((state) => ({ owners: trie.owners[state] as Owners }));
    this.next = new Uint16Array(order.states.length << this.shift);
    for (const [number, state] of order.states.entries()) {
      const from = state << this.shift;
      const to = number << this.shift;
      for (let letter = 0; letter < width; letter++) {
        this.next[to + letter] = order.numbers[trie.next[from + letter] as number] as number;
      }
    }
  }
}

interface Anchor {
  readonly text: string;
  readonly owner: number;
}

type Owners = AnchorSet['owners'];

const ROOT = 0;
const MOST_STATES = 0xffff;

/** States are numbers, the root is 0. Flat arrays, because a start makes hundreds of thousands of entries. */
interface Trie {
  /** `next[state << shift | class]`; 0 where the trie does not go on. Complete once failures are linked. */
  readonly next: Uint16Array;
  /** Of each state. */
  readonly owners: Owners[];
}

function classesOf(texts: readonly string[]): Uint8Array {
  const classes = new Uint8Array(256);
  let last = 0;
  for (const byte of Buffer.from(texts.join('').toLowerCase())) {
    if (classes[folded(byte)] === 0) classes[folded(byte)] = ++last;
  }
  for (let byte = 0; byte < 256; byte++) classes[byte] = classes[folded(byte)] as number;
  return classes;
}

function folded(byte: number): number {
  if (byte >= FIRST_DIGIT && byte <= LAST_DIGIT) return DIGIT;
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

function buildTrie(anchors: readonly Anchor[], classes: Uint8Array, shift: number): Trie {
  const texts = anchors.map(({ text }) => Buffer.from(text));
  const most = 1 + texts.reduce((sum, { length }) => sum + length, 0);
  const next = new Uint16Array(most << shift);
  const owners: Owners[] = [[]];
  for (const [index, bytes] of texts.entries()) {
    let state = ROOT;
    for (const byte of bytes) {
      const at = (state << shift) + (classes[byte] as number);
      if (next[at] === ROOT) {
        next[at] = owners.length;
        owners.push([]);
      }
      state = next[at] as number;
    }
    owners[state] = [...(owners[state] as Owners), { owner: (anchors[index] as Anchor).owner, length: bytes.length }];
    if (owners.length > MOST_STATES) throw new Error('too many anchors for the automaton');
  }
  return { next, owners };
}

/** Breadth first: what a state cannot go on with, the longest proper suffix of it goes on with. */
function linkFailures({ next, owners }: Trie, shift: number): void {
  const width = 1 << shift;
  const suffixes = new Uint16Array(owners.length);
  const waiting = [ROOT];
  for (const state of waiting) {
    const suffix = suffixes[state] as number;
    if (state !== ROOT) owners[state] = joined(owners[state] as Owners, owners[suffix] as Owners);
    for (let letter = 0; letter < width; letter++) {
      const at = (state << shift) + letter;
      const child = next[at] as number;
      const fallback = state === ROOT ? ROOT : (next[(suffix << shift) + letter] as number);
      if (child === ROOT) {
        next[at] = fallback;
      } else {
        suffixes[child] = fallback;
        waiting.push(child);
      }
    }
  }
}

function joined(own: Owners, of_suffix: Owners): Owners {
  if (of_suffix.length === 0) return own;
  return own.length === 0 ? of_suffix : [...own, ...of_suffix];
}

function finalsLast(owners: readonly Owners[]): {
  /** In their new order. */
  states: readonly number[];
  /** New number of each state. */
  numbers: Uint16Array;
  first_final: number;
} {
  const all = owners.map((_, state) => state);
  const quiet = all.filter((state) => owners[state]?.length === 0);
  const states = [...quiet, ...all.filter((state) => owners[state]?.length !== 0)];
  const numbers = new Uint16Array(states.length);
  for (const [number, state] of states.entries()) numbers[state] = number;
  return { states, numbers, first_final: quiet.length };
}
