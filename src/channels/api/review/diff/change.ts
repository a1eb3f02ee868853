import type { Direction } from '../../contract/schemas.ts';

/**
 * - `possible`: something passes that did not, or may, where two things cannot be compared
 * - `impossible`: something passed that does not
 * - `words`: it reads differently and lets the same through
 */
export type Effect = 'possible' | 'impossible' | 'words';

/** One difference at one place. */
export interface Change {
  readonly effect: Effect;
  /** Stable name of the kind of difference, such as `field-added`. */
  readonly kind: string;
  /** In words of the contract: `maxLength 20 → 64`. */
  readonly text: string;
  /** Whether callers that kept to the old contract may fail under the new one. */
  readonly breaking: boolean;
}

export type Report = (effect: Effect, kind: string, text: string) => void;

/** Wider answers that ask nothing of callers: what they did not know of they pass over. */
const HARMLESS_IN_ANSWERS = new Set([
  ...['field-added', 'answer-added', 'header-added', 'media-type-added', 'view-wider', 'personal-data-declared'],
]);
/** Narrower answers that take away what callers read. */
const MISSED_IN_ANSWERS = new Set([
  ...['field-removed', 'answer-removed', 'header-removed', 'media-type-removed', 'view-narrower', 'view-changed'],
]);

export function changeOf(effect: Effect, kind: string, text: string, direction: Direction): Change {
  return { effect, kind, text, breaking: isBreaking(effect, kind, direction) };
}

/** Requests break where less passes; answers where something is missing, or other than callers were told. */
function isBreaking(effect: Effect, kind: string, direction: Direction): boolean {
  if (effect === 'words') return false;
  if (kind.endsWith('-uncompared')) return true;
  if (direction === 'request') return effect === 'impossible';
  return effect === 'impossible' ? MISSED_IN_ANSWERS.has(kind) : !HARMLESS_IN_ANSWERS.has(kind);
}

const LONGEST_VALUE = 60;

/** A value of a contract as a change shows it. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
