import type { Fault } from '../../../core/errors/faults.ts';
import { BOUND_OF, type Bounds, type ContractLimits, contractLimits } from '../limits-config.ts';
import { member, type Node, pointerTo } from './pointer.ts';
import { type ContractReader, clip } from './reader.ts';

const CODE: Fault['code'] = 'CONTRACT_LIMITS';

/**
 * The bounds that the `x-limits` of an object sets, over those that hold around it: the nearest counts, each bound by
 * itself.
 *
 * @param allowed the bounds of the api, above which none may be; null where they are not known
 */
export function readLimits(
  reader: ContractReader,
  holder: Node,
  around: Partial<Bounds>,
  allowed: Bounds | null,
): Partial<Bounds> {
  const declared = member(holder, 'x-limits');
  if (!declared) return around;
  const parsed = contractLimits.safeParse(declared.value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) tell(reader, declared, issue);
    return around;
  }
  const limits = { ...around };
  for (const word of Object.keys(parsed.data) as (keyof ContractLimits)[]) {
    const value = parsed.data[word];
    if (value === undefined) continue;
    const bound = BOUND_OF[word];
    const most = allowed?.[bound] ?? Number.POSITIVE_INFINITY;
    if (value > most) reader.log.add(CODE, pointerTo(declared.pointer, word), `${word} is more than the api allows`);
    Object.assign(limits, { [bound]: value });
  }
  return limits;
}

type Issue = { readonly code: string; readonly message: string; readonly path: readonly PropertyKey[] };

function tell(reader: ContractReader, { pointer }: Node, issue: Issue & { readonly keys?: readonly string[] }): void {
  for (const key of issue.keys ?? []) {
    reader.log.add(CODE, pointerTo(pointer, key), `x-limits knows no '${clip(key)}'`, `Known: ${KNOWN}`);
  }
  if (issue.keys) return;
  const place = issue.path.reduce<string>((at, step) => pointerTo(at, String(step)), pointer);
  const name = ['x-limits', ...issue.path.map(String)].join('.');
  // The messages of a bound read after its name; those of zod itself begin in upper case.
  const problem = issue.code === 'custom' ? issue.message : problemOf(issue);
  reader.log.add(CODE, place, `${name} ${problem}`);
}

const KNOWN = Object.keys(BOUND_OF).join(', ');

function problemOf({ code, path }: Issue): string {
  if (code === 'invalid_type') return path.length === 0 ? 'must be an object' : 'has the wrong type';
  return 'is out of bounds';
}
