/** Which guards there are, what each may do about a finding, and which words of a configuration or contract say so. */

/** Guards that look at what leaves. */
export const ANSWER_GUARDS = ['secrets', 'exceptions', 'personal-data'] as const;
/** Guards that look at what comes in. */
export const REQUEST_GUARDS = ['attacks', 'suspicions'] as const;
export const GUARDS = [...ANSWER_GUARDS, 'volume', ...REQUEST_GUARDS] as const;

export type AnswerGuard = (typeof ANSWER_GUARDS)[number];
export type RequestGuard = (typeof REQUEST_GUARDS)[number];
export type GuardName = (typeof GUARDS)[number];

/**
 * - `block`: the exchange is refused
 * - `mask`: what was found is replaced by `[removed]`, and the answer must still keep its schema
 * - `report`: it passes, and is on the record
 * - `off`: nobody looks
 */
export type GuardAction = 'block' | 'mask' | 'report' | 'off';

const MASKABLE = ['block', 'mask', 'report', 'off'] as const;
const PLAIN = ['block', 'report', 'off'] as const;

/** What each guard may do. A volume cannot be masked, and a request is never changed. */
export const ACTIONS_OF = {
  secrets: MASKABLE,
  exceptions: MASKABLE,
  'personal-data': MASKABLE,
  volume: PLAIN,
  attacks: PLAIN,
  suspicions: PLAIN,
} as const satisfies Record<GuardName, readonly GuardAction[]>;

export type GuardSettings = { readonly [Guard in GuardName]: (typeof ACTIONS_OF)[Guard][number] };

/**
 * `attacks` are the rules that seldom find something in benign text, `suspicions` the others. Seldom is not never:
 * docs/guards.md counts what both find in texts the rules were adjusted on, and in texts they had not met.
 */
export const DEFAULT_GUARDS: GuardSettings = {
  secrets: 'block',
  exceptions: 'block',
  'personal-data': 'report',
  volume: 'report',
  attacks: 'block',
  suspicions: 'report',
};

const STRENGTH: Readonly<Record<GuardAction, number>> = { off: 0, report: 1, mask: 2, block: 3 };

/** The settings of an operation: what is said nearest to it holds, guard by guard. */
export function guardSettings(base: GuardSettings, nearer: Partial<GuardSettings>): GuardSettings {
  return { ...base, ...nearer };
}

/** Guards that do less under `given` than under `base`, each with both actions. */
export function loosened(
  base: GuardSettings,
  given: GuardSettings,
): { readonly guard: GuardName; readonly from: GuardAction; readonly to: GuardAction }[] {
  return GUARDS.filter((guard) => STRENGTH[given[guard]] < STRENGTH[base[guard]]).map((guard) => ({
    guard,
    from: base[guard],
    to: given[guard],
  }));
}

/**
 * Reads an `x-guards`.
 *
 * @returns the settings it makes, or one sentence that says what is wrong with it
 */
export function readGuards(value: unknown): Partial<GuardSettings> | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'x-guards must be an object';
  for (const [guard, action] of Object.entries(value)) {
    const actions: readonly string[] | undefined = Object.hasOwn(ACTIONS_OF, guard)
      ? ACTIONS_OF[guard as GuardName]
      : undefined;
    if (!actions) return `x-guards knows ${GUARDS.join(', ')}`;
    if (!actions.includes(action)) return `x-guards: ${guard} must be one of ${actions.join(', ')}`;
  }
  return value as Partial<GuardSettings>;
}
