import type { Fault } from '../errors/faults.ts';
import type { GroupInput } from './registry-input.ts';

/** For each group, the group itself and all groups above it, sorted. */
export type GroupClosure = ReadonlyMap<string, readonly string[]>;

/**
 * Walks the hierarchy upwards from each group. Parents that do not exist are passed over (they are reported as dangling
 * references elsewhere).
 *
 * @param faults gets one CONFIG_VALUE for each group that is above itself
 */
export function closeGroups(groups: readonly GroupInput[], faults: Fault[]): GroupClosure {
  const parents = new Map(groups.map((group) => [group.id, group.parents]));
  const closure = new Map<string, readonly string[]>();
  for (const group of groups) {
    const above = ancestors(group.parents, parents);
    if (above.has(group.id)) {
      faults.push({
        code: 'CONFIG_VALUE',
        message: `group ${group.id} is a part of itself`,
        ...(group.source ?? {}),
        suggestion: 'Remove one of the parents that close the circle.',
      });
    }
    closure.set(group.id, [...above.add(group.id)].sort());
  }
  return closure;
}

function ancestors(direct: readonly string[], parents: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const open = [...direct];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    const next = parents.get(id);
    if (!next) continue;
    found.add(id);
    open.push(...next);
  }
  return found;
}

/** The given groups and everything above them, sorted, each once. */
export function expandGroups(groups: readonly string[], closure: GroupClosure): readonly string[] {
  return [...new Set(groups.flatMap((id) => closure.get(id) ?? []))].sort();
}
