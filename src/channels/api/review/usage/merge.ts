/** Puts together what several workers of a gate counted. */

import type { StoredApi, StoredOperation, StoredUsage } from './stored.ts';

/** Null for none. Of an api, what was counted under the newest contract counts: the one whose counting began last. */
export function mergeUsage(parts: readonly StoredUsage[]): StoredUsage | null {
  if (parts.length === 0) return null;
  const names = [...new Set(parts.flatMap(({ apis }) => Object.keys(apis)))];
  const apis = names.map((name) => [name, mergeApi(parts.flatMap(({ apis: known }) => known[name] ?? []))] as const);
  return { version: 1, apis: Object.fromEntries(apis) };
}

function mergeApi(parts: readonly StoredApi[]): StoredApi {
  const newest = parts.reduce((left, right) => (right.since > left.since ? right : left));
  const same = parts.filter(({ contract }) => contract === newest.contract);
  const ids = [...new Set(same.flatMap(({ operations }) => Object.keys(operations)))];
  return {
    contract: newest.contract,
    since: same.map(({ since }) => since).sort()[0] ?? newest.since,
    operations: Object.fromEntries(
      ids.map((id) => [id, same.flatMap(({ operations }) => operations[id] ?? []).reduce(sumOperations)]),
    ),
  };
}

function sumOperations(left: StoredOperation, right: StoredOperation): StoredOperation {
  return {
    exchanges: left.exchanges + right.exchanges,
    looked_into: left.looked_into + right.looked_into,
    statuses: sumCounts(left.statuses, right.statuses),
    places: sumCounts(left.places, right.places),
    ...((left.full ?? right.full) ? { full: true } : {}),
  };
}

function sumCounts(
  left: Readonly<Record<string, number>>,
  right: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...left };
  for (const [name, count] of Object.entries(right)) sum[name] = (Object.hasOwn(sum, name) ? sum[name]! : 0) + count;
  return sum;
}
