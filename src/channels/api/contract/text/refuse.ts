import { Refusal } from '../../../../core/errors/refusal.ts';
import type { At } from './types.ts';

/** @throws Refusal always; the rule is a keyword or a word of ours, never anything of the value */
export function refuse(at: At, rule: string): never {
  throw new Refusal(at.code, { pointer: at.place, rule });
}

/** @throws Refusal always */
export function refuseRepeated(at: At): never {
  throw new Refusal(at.repeated, { pointer: at.place, rule: 'repeated' });
}
