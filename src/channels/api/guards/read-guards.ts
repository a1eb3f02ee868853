import { member, type Node } from '../contract/pointer.ts';
import type { ContractReader } from '../contract/reader.ts';
import { type GuardSettings, guardSettings, loosened, readGuards } from './settings.ts';

/**
 * The `x-guards` of one object over what the objects around it say. What looses a guard loads, and is a note.
 *
 * @param base the settings of the api; null where they are not known
 */
export function readGuardSettings(
  reader: ContractReader,
  holder: Node,
  around: Partial<GuardSettings>,
  base: GuardSettings | null,
): Partial<GuardSettings> {
  const declared = member(holder, 'x-guards');
  if (!declared) return around;
  const read = readGuards(declared.value);
  if (typeof read === 'string') {
    reader.log.add('CONTRACT_BINDING', declared.pointer, read);
    return around;
  }
  for (const { guard, from, to } of base
    ? loosened(guardSettings(base, around), guardSettings(base, { ...around, ...read }))
    : []) {
    reader.note('x-guards', declared.pointer, `x-guards: ${guard} is ${to} here, elsewhere ${from}`);
  }
  return { ...around, ...read };
}
