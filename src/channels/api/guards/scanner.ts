import { type AnchorSet, Automaton } from './automaton.ts';
import type { CharacterSet } from './characters.ts';
import { byteAt, type InspectedText, type Rule, type Search, type Span } from './rule.ts';

/** What a scanner says about one find; `start` and `end` are offsets in the bytes it was given. */
export interface Find extends Span {
  readonly rule: Rule;
}

/** Rules whose anchors of one length end in the same state. */
interface Ending {
  readonly length: number;
  /** What may stand before the anchor for one of the rules at least. */
  readonly preceded_by: CharacterSet;
  readonly owners: readonly number[];
}

/** All rules that are on at once, over one automaton. */
export class Scanner {
  readonly rules: readonly Rule[];
  readonly #automaton: Automaton;
  /** Of each final state. */
  readonly #endings: readonly (readonly Ending[])[];

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.#automaton = new Automaton(
      rules.flatMap(({ anchors }, owner) => anchors.map((text) => ({ text: text.toLowerCase(), owner }))),
    );
    this.#endings = this.#automaton.finals.map(({ owners }) => endingsOf(owners, rules));
  }

  /** Whether anything is worth a second look in `[start, end)`. This is what a benign text costs. */
  suspects(bytes: Buffer, start: number, end: number): boolean {
    const { classes, next, shift, first_final } = this.#automaton;
    let text: InspectedText | null = null;
    let state = 0;
    for (let at = start; at < end; at++) {
      state = next[(state << shift) + (classes[bytes[at] as number] as number)] as number;
      if (state < first_final) continue;
      text ??= { bytes, start, end };
      if (this.#isNear(text, state, at + 1)) return true;
    }
    return false;
  }

  /** As `suspects`, of a string: bytes are made of it only where there is something to look at. */
  suspectsText(text: string): boolean {
    const { classes, next, shift, first_final } = this.#automaton;
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      state = code > 0x7f ? first_final : (next[(state << shift) + (classes[code] as number)] as number);
      if (state < first_final) continue;
      const bytes = Buffer.from(text);
      return this.suspects(bytes, 0, bytes.length);
    }
    return false;
  }

  #isNear(text: InspectedText, state: number, end: number): boolean {
    for (const { length, preceded_by, owners } of this.#endings[
      state - this.#automaton.first_final
    ] as readonly Ending[]) {
      const at = end - length;
      const before = byteAt(text, at - 1);
      // Long runs of digits end an anchor at each of them; this look passes over all but the first.
      if (preceded_by[before] !== 1) continue;
      for (const owner of owners) if (isNear(this.rules[owner] as Rule, text, at, end)) return true;
    }
    return false;
  }

  /**
   * Everything the rules find in a text, in the order of where their anchors end. What one rule has found is not
   * looked at by the same rule again.
   */
  scan(text: InspectedText): Find[] {
    const { classes, next, shift, first_final, finals } = this.#automaton;
    const { bytes, end } = text;
    const finds: Find[] = [];
    const searches = new Map<number, Search>();
    let state = 0;
    for (let at = text.start; at < end; at++) {
      state = next[(state << shift) + (classes[bytes[at] as number] as number)] as number;
      if (state < first_final) continue;
      for (const { owner, length } of finals[state - first_final]!.owners) {
        const rule = this.rules[owner]!;
        const anchor = at + 1 - length;
        if (!isNear(rule, text, anchor, at + 1)) continue;
        const search = searches.get(owner) ?? { tried: text.start };
        searches.set(owner, search);
        if (anchor < search.tried) continue;
        const span = rule.find(text, anchor, at + 1, search);
        if (!span) continue;
        search.tried = span.end;
        finds.push({ rule, start: span.start, end: span.end });
      }
    }
    return finds;
  }
}

function isNear(rule: Rule, text: InspectedText, at: number, end: number): boolean {
  const { preceded_by } = rule;
  return (preceded_by === null || preceded_by[byteAt(text, at - 1)] === 1) && rule.near(text, at, end);
}

function endingsOf(owners: AnchorSet['owners'], rules: readonly Rule[]): Ending[] {
  const lengths = [...new Set(owners.map(({ length }) => length))];
  return lengths.map((length) => {
    const of_length = owners.filter((each) => each.length === length).map(({ owner }) => owner);
    const preceded_by = unionOf(of_length.map((owner) => (rules[owner] as Rule).preceded_by));
    return { length, preceded_by, owners: of_length };
  });
}

const ANYTHING: CharacterSet = new Uint8Array(256).fill(1);

/** Null stands for all. */
function unionOf(sets: readonly (CharacterSet | null)[]): CharacterSet {
  const [first, ...others] = new Set(sets);
  if (first === undefined || first === null || others.includes(null)) return ANYTHING;
  if (others.length === 0) return first;
  return first.map((member, byte) => (others.some((set) => set?.[byte] === 1) ? 1 : member));
}
