import { tokenName } from '../../../protocol/json/pointer.ts';
import { isObject, type JsonObject } from './pointer.ts';

export interface Survey {
  /** Every name some `properties` of the description declares, at any depth. */
  readonly names: ReadonlySet<string>;
  /** Every name some `x-views` uses, at any depth and however it is reached. */
  readonly views: ReadonlySet<string>;
}

/**
 * What is to be known of a whole description before any part of it is compiled.
 *
 * @param root as it was read: YAML aliases and overlays put one node in several places, in bounded number and never
 *   within itself, so that it costs less to look at it again than to remember what was looked at
 */
export function survey(root: unknown): Survey {
  const found = { names: new Set<string>(), views: new Set<string>() };
  const waiting: object[] = isContainer(root) ? [root] : [];
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    // A large description has twenty times as many leaves as members worth a look: no list is made of either.
    if (Array.isArray(value)) {
      for (const item of value) if (isContainer(item)) waiting.push(item);
      continue;
    }
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
    .map((token) => (token === '' || INDEX.test(token) || names.has(tokenName(token)) ? token : '*'))
    .join('/');
}
