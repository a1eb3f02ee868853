import { ARRAY, FALSE, NULL, NUMBER, OBJECT, STRING, type Tape } from './tape.ts';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/** The node as a JavaScript value. Numbers become doubles, so digits may be lost; not for the hot path. */
export function nodeValue(tape: Tape, node = 0): JsonValue {
  switch (tape.kind(node)) {
    case NULL:
      return null;
    case NUMBER:
      return Number(tape.textAt(node));
    case STRING:
      return tape.stringAt(node);
    case ARRAY:
      return [...children(tape, node)].map((child) => nodeValue(tape, child));
    case OBJECT:
      return Object.fromEntries(
        [...children(tape, node)].map((child) => [tape.keyOf(child) as string, nodeValue(tape, child)]),
      );
    default:
      return tape.kind(node) !== FALSE;
  }
}

/** The items or members directly below a node. */
export function* children(tape: Tape, node: number): Generator<number> {
  const end = tape.next(node);
  for (let child = node + 1; child < end; child = tape.next(child)) yield child;
}
