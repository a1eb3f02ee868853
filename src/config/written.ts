/** Cautious looks into values as the user wrote them: what is absent or of another type is simply not there. */
import type { KeyPath } from './positions.ts';

export function valueAt(value: unknown, path: KeyPath): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[step];
  }
  return current;
}

/** The keys and values of a mapping; none where there is no mapping. */
export function entriesAt(value: unknown, path: KeyPath): [string, unknown][] {
  const found = valueAt(value, path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.entries(found) : [];
}

/** The items of a list; none where there is no list. */
export function itemsAt(value: unknown, path: KeyPath): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

export function textAt(value: unknown, path: KeyPath): string | null {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : null;
}
