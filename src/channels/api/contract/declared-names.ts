import { isObject } from './pointer.ts';

/** Every name some `properties` of the description declares, at any depth. */
export function declaredNames(root: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<object>();
  const walk = (value: unknown): void => {
    // YAML aliases make the same node reachable by many ways.
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (isObject(value) && isObject(value['properties'])) {
      for (const name of Object.keys(value['properties'])) names.add(name);
    }
    for (const inner of Object.values(value)) walk(inner);
  };
  walk(root);
  return names;
}

/** An index of an array; a longer number may be a name, and a name may be anything. */
const INDEX = /^[0-9]{1,6}$/;

/**
 * A pointer as it may stand in a record: names the contract does not declare become `*`, because an undeclared
 * field, or a key of a map, is free text of the far end. Places of parameters (`query/limit`) are declared names.
 */
export function declaredPointer(pointer: string, names: ReadonlySet<string>): string {
  if (!pointer.startsWith('/')) return pointer;
  return pointer
    .split('/')
    .map((token) => (token === '' || INDEX.test(token) || names.has(unescaped(token)) ? token : '*'))
    .join('/');
}

/** RFC 6901 section 4. */
function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
