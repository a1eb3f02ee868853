import { characters } from './characters.ts';
import type { Guard } from './guard.ts';
import type { OperationPlaces } from './operation-places.ts';
import { byteAt, type Rule } from './rule.ts';
import { RULES } from './rules/index.ts';
import { Scanner } from './scanner.ts';
import { ANSWER_GUARDS, type GuardName, type GuardSettings, REQUEST_GUARDS } from './settings.ts';

/** What guards one operation, compiled at load. */
export interface GuardPlan {
  readonly settings: GuardSettings;
  /** Null where every guard of that side is off. */
  readonly request: Guard | null;
  readonly answer: Guard | null;
  readonly places: OperationPlaces;
}

/** Finds nothing itself: its anchors bring texts with percent-encoded bytes to the second look, which decodes them. */
const ENCODED: Rule = {
  id: 'percent-encoded',
  guard: 'attacks',
  anchors: ['%0', '%c', '%e'],
  preceded_by: null,
  near: (text, at) => HEX[byteAt(text, at + 1)] === 1 && HEX[byteAt(text, at + 2)] === 1,
  find: () => null,
};
const HEX = characters('0-9A-Fa-f');

/** Compiles guards, those of equal settings once: an automaton takes some hundred kilobytes. */
export class GuardCompiler {
  readonly #guards = new Map<string, Guard | null>();

  compile(settings: GuardSettings, places: OperationPlaces): GuardPlan {
    return {
      settings,
      request: this.#guard(settings, REQUEST_GUARDS, true),
      answer: this.#guard(settings, ANSWER_GUARDS, false),
      places,
    };
  }

  #guard(settings: GuardSettings, names: readonly GuardName[], decode: boolean): Guard | null {
    const on = names.filter((name) => settings[name] !== 'off');
    const key = JSON.stringify(names.map((name) => settings[name]));
    const known = this.#guards.get(key);
    if (known !== undefined) return known;
    const made = on.length === 0 ? null : { settings, scanner: this.#scanner(on, decode), decode };
    this.#guards.set(key, made);
    return made;
  }

  readonly #scanners = new Map<string, Scanner>();

  #scanner(on: readonly GuardName[], decode: boolean): Scanner {
    const known = this.#scanners.get(on.join());
    if (known) return known;
    const rules = RULES.filter(({ guard }) => on.includes(guard));
    const made = new Scanner(decode ? [...rules, ENCODED] : rules);
    this.#scanners.set(on.join(), made);
    return made;
  }
}
