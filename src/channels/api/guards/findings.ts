import type { Find } from './scanner.ts';
import type { GuardAction, GuardName, GuardSettings } from './settings.ts';

/** What a guard has found, as the record shows it: never the text. */
export interface GuardFinding {
  readonly guard: GuardName;
  /** Id of the rule, as docs/guards.md lists it. */
  readonly rule: string;
  readonly action: Exclude<GuardAction, 'off'>;
  /** JSON Pointer, `query/q` or `header/location`; indices stand as a star, and the whole of a text body is empty. */
  readonly pointer: string;
  /** How often there. */
  readonly count: number;
}

/** Places and rules a record lists; what is found beyond them is acted on all the same. */
const MOST_LISTED = 16;

/** Finds of one exchange, grouped by rule and place. */
export class Findings {
  /** Null until something is found, which is seldom. */
  #grouped: Map<string, { finding: GuardFinding; count: number }> | null = null;
  #strongest: GuardFinding | null = null;

  /** The first finding whose action is `block`. */
  get blocking(): GuardFinding | null {
    return this.#strongest;
  }

  get list(): GuardFinding[] {
    return Array.from(this.#grouped?.values() ?? [], ({ finding, count }) => ({ ...finding, count }));
  }

  get empty(): boolean {
    return this.#grouped === null;
  }

  add(finding: Omit<GuardFinding, 'count'>): void {
    const key = `${finding.rule} ${finding.action} ${finding.pointer}`;
    this.#grouped ??= new Map();
    const grouped = this.#grouped;
    const known = grouped.get(key);
    if (known) known.count++;
    else if (grouped.size < MOST_LISTED) grouped.set(key, { finding: { ...finding, count: 1 }, count: 1 });
    if (finding.action === 'block') this.#strongest ??= { ...finding, count: 1 };
  }
}

/** What to do about a find; null where its guard is off. */
export function actionOf(settings: GuardSettings, { rule }: Find): Exclude<GuardAction, 'off'> | null {
  const action = settings[rule.guard];
  return action === 'off' ? null : action;
}
