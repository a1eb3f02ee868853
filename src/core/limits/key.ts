/** How long a key is that budgets are counted by. */

import { hash } from 'node:crypto';

/** The longest that is counted as it stands: the name of an API (63), a dot and an operationId (128). */
export const MAX_KEY_LENGTH = 192;

/** As many as leave room for a separator that no id has, and a SHA-256 in hex. */
const KEPT_LENGTH = MAX_KEY_LENGTH - 1 - 64;

/**
 * The key as it is counted. Only ids of operations made from very long paths are longer than 192 characters: of them, the
 * beginning and a hash. So keys have a bound wherever they are kept and told.
 */
export function countedKey(key: string): string {
  if (key.length <= MAX_KEY_LENGTH) return key;
  return `${key.slice(0, KEPT_LENGTH)}#${hash('sha256', key)}`;
}
