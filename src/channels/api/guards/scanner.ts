import { Automaton } from './automaton.ts';
import type { InspectedText, Rule, Search, Span } from './rule.ts';

/** What a scanner says about one find; `start` and `end` are offsets in the bytes it was given. */
export interface Find extends Span {
  readonly rule: Rule;
}

/** All rules that are on at once, over one automaton. */
export class Scanner {
  readonly rules: readonly Rule[];
  readonly #automaton: Automaton;

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.#automaton = new Automaton(
      rules.flatMap(({ anchors }, owner) => anchors.map((text) => ({ text: text.toLowerCase(), owner }))),
    );
  }

  /** Whether anything is worth a second look in `[start, end)`. This is what a benign text costs. */
  suspects(bytes: Buffer, start: number, end: number): boolean {
    const { classes, next, shift, first_final } = this.#automaton;
    let state = 0;
    for (let at = start; at < end; at++) {
      state = next[(state << shift) + (classes[bytes[at] as number] as number)] as number;
      if (state >= first_final && this.#isNear({ bytes, start, end }, state, at + 1)) return true;
    }
    return false;
  }

  #isNear(text: InspectedText, state: number, end: number): boolean {
    const { finals, first_final } = this.#automaton;
    return finals[state - first_final]!.owners.some(({ owner, length }) =>
      this.rules[owner]!.near(text, end - length, end),
    );
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
        const search = searches.get(owner) ?? { tried: text.start };
        searches.set(owner, search);
        const anchor = at + 1 - length;
        if (at < search.tried || !rule.near(text, anchor, at + 1)) continue;
        const span = rule.find(text, anchor, at + 1, search);
        if (!span) continue;
        search.tried = span.end;
        finds.push({ rule, start: span.start, end: span.end });
      }
    }
    return finds;
  }
}
