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

  constructor(anchors: readonly { readonly text: string; readonly owner: number }[]) {
    this.classes = classesOf(anchors.map(({ text }) => text));
    const width = Math.max(...this.classes) + 1;
    this.shift = Math.max(1, Math.ceil(Math.log2(width)));
    const trie = buildTrie(anchors, this.classes);
    linkFailures(trie, width);
    const order = finalsLast(trie);
    this.first_final = order.first_final;
    this.finals = order.states.slice(order.first_final).map((state) => ({ owners: state.owners }));
    if (order.states.length > 0xffff) throw new Error('too many anchors for the automaton');
    this.next = new Uint16Array(order.states.length << this.shift);
    for (const [number, state] of order.states.entries()) {
      for (let letter = 0; letter < width; letter++) {
        const target = state.next[letter] as TrieState;
        this.next[(number << this.shift) + letter] = order.numbers.get(target) as number;
      }
    }
  }
}

interface TrieState {
  /** By class; complete once failures are linked. */
  readonly next: (TrieState | undefined)[];
  owners: { readonly owner: number; readonly length: number }[];
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

function buildTrie(anchors: readonly { text: string; owner: number }[], classes: Uint8Array): TrieState {
  const root: TrieState = { next: [], owners: [] };
  for (const { text, owner } of anchors) {
    const bytes = Buffer.from(text);
    let state = root;
    for (const byte of bytes) {
      const letter = classes[byte] as number;
      const known = state.next[letter] ?? { next: [], owners: [] };
      state.next[letter] = known;
      state = known;
    }
    state.owners.push({ owner, length: bytes.length });
  }
  return root;
}

/** Breadth first: what a state cannot go on with, the longest proper suffix of it goes on with. */
function linkFailures(root: TrieState, width: number): void {
  const waiting: { state: TrieState; suffix: TrieState }[] = [];
  for (let letter = 0; letter < width; letter++) {
    const child = root.next[letter];
    if (child) waiting.push({ state: child, suffix: root });
    else root.next[letter] = root;
  }
  for (let item = waiting.shift(); item; item = waiting.shift()) {
    const { state, suffix } = item;
    state.owners = [...state.owners, ...suffix.owners];
    for (let letter = 0; letter < width; letter++) {
      const child = state.next[letter];
      const fallback = suffix.next[letter] as TrieState;
      if (child) waiting.push({ state: child, suffix: fallback });
      else state.next[letter] = fallback;
    }
  }
}

function finalsLast(root: TrieState): {
  states: TrieState[];
  numbers: Map<TrieState, number>;
  first_final: number;
} {
  const seen = new Set([root]);
  for (const state of seen) for (const child of state.next) if (child) seen.add(child);
  const quiet = [...seen].filter(({ owners }) => owners.length === 0);
  const states = [...quiet, ...[...seen].filter(({ owners }) => owners.length > 0)];
  return { states, numbers: new Map(states.map((state, number) => [state, number])), first_final: quiet.length };
}
