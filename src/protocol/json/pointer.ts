import { ARRAY, OBJECT, type Tape } from './tape.ts';

/** Longest pointer given out, in characters; what is beyond is cut, since names come from the far end. */
const MAX_POINTER_LENGTH = 1024;

/** One reference token, escaped by RFC 6901 section 3. */
export function pointerToken(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The name behind one reference token, without its slash (RFC 6901 section 4). */
export function tokenName(token: string): string {
  return token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token;
}

/**
 * RFC 6901 pointer of a node. Walks down from the root, so it costs up to one look at every node: meant
 * for errors. Works on a tape that is still being built.
 */
export function pointerTo(tape: Tape, target: number): string {
  let pointer = '';
  let node = 0;
  while (node !== target) {
    const kind = tape.kind(node);
    if (kind !== ARRAY && kind !== OBJECT) break;
    let child = node + 1;
    let index = 0;
    while (tape.next(child) <= target) {
      child = tape.next(child);
      index++;
    }
    pointer += pointerToken(tape.keyOf(child) ?? String(index));
    node = child;
  }
  return pointer.slice(0, MAX_POINTER_LENGTH);
}
