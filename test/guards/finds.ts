/** What the rules find in a text, for tests. */
import { findsIn } from '../../src/channels/api/guards/find-in.ts';
import { RULES } from '../../src/channels/api/guards/rules/index.ts';
import { Scanner } from '../../src/channels/api/guards/scanner.ts';
import type { GuardName } from '../../src/channels/api/guards/settings.ts';

const SCANNER = new Scanner(RULES);

/** Ids of the rules of some guards that find something, sorted; the first look must let all of them through. */
export function found(text: string, guards: readonly GuardName[], decode = false): string[] {
  const bytes = Buffer.from(text);
  const finds = findsIn({ scanner: SCANNER, decode }, { bytes, start: 0, end: bytes.length });
  const ids = new Set(finds.filter(({ rule }) => guards.includes(rule.guard)).map(({ rule }) => rule.id));
  if (ids.size > 0 && !decode && !SCANNER.suspects(bytes, 0, bytes.length))
    throw new Error(`first look missed ${text}`);
  return [...ids].sort();
}
