import { isObject, type JsonObject } from './pointer.ts';

export interface Survey {
  /** Every name some `properties` of the description declares, at any depth. */
  readonly names: ReadonlySet<string>;
  /** Every name some `x-views` uses, at any depth and however it is reached. */
  readonly views: ReadonlySet<string>;
}

/** What is to be known of a whole description before any part of it is compiled. */
export function survey(root: unknown): Survey {
  const found = { names: new Set<string>(), views: new Set<string>() };
  // YAML aliases and overlays make the same node reachable by many ways.
  const seen = new Set<object>();
  const waiting: object[] = isContainer(root) ? [root] : [];
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    // A large description has twenty times as many leaves as members worth a look: no list is made of either.
    for (const key in value) {
      const inner = (value as JsonObject)[key];
      if (!isContainer(inner)) continue;
      waiting.push(inner);
      note(found, key, inner);
    }
  }
  return found;
}

function note({ names, views }: { names: Set<string>; views: Set<string> }, key: string, inner: object): void {
  if (key === 'properties' && isObject(inner)) for (const name of Object.keys(inner)) names.add(name);
  if (key === 'x-views' && Array.isArray(inner)) for (const name of inner) views.add(String(name));
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
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
