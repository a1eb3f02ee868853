import { editDistance, nearest } from '../protocol/text/edit-distance.ts';

/** What can be nothing but a host. */
const HOST = /[.:/@]/;
const MAX_EDITS = 2;

/**
 * The part of `check` that was meant by a word which stands in its place and is none of them; null where it is a target. A host
 * of a name so near is still a target with its port, or with a dot at its end.
 */
export function mistypedPart(word: string, parts: readonly string[]): string | null {
  if (HOST.test(word) || word === 'localhost') return null;
  const near = nearest(word, parts);
  // The beginning of a word is near too, and many hosts begin alike.
  return near !== null && editDistance(word.toLowerCase(), near) <= MAX_EDITS ? near : null;
}
