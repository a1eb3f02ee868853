import { hashBytes, slotOf } from '../json/hash.ts';
import { END, ESCAPED, KEY_END, KEY_ESCAPED, KEY_HASH, KEY_START, NODE_SHIFT, START, type Tape } from '../json/tape.ts';

/** A fixed set of names, found by the bytes of a key or string without decoding it. */
export class NameTable {
  private readonly names: readonly Buffer[];
  private readonly hashes: Int32Array;
  private readonly slots: Int32Array;
  private readonly mask: number;

  /** @param names without duplicates; `find*` answers with the position in this list */
  constructor(names: readonly string[]) {
    this.names = names.map((name) => Buffer.from(name));
    this.hashes = Int32Array.from(this.names, (name) => hashBytes(name, 0, name.length));
    this.mask = (1 << (33 - Math.clz32(names.length))) - 1;
    this.slots = new Int32Array(this.mask + 1);
    this.hashes.forEach((hash, index) => {
      let slot = slotOf(hash, this.mask);
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = index + 1;
    });
  }

  /** Position of a member's name, or -1. */
  findKey(tape: Tape, node: number): number {
    const cell = node << NODE_SHIFT;
    const { cells } = tape;
    const hash = cells[cell + KEY_HASH] as number;
    if (((cells[cell] as number) & KEY_ESCAPED) !== 0) return this.findText(tape.keyOf(node) as string);
    return this.find(tape.source, cells[cell + KEY_START] as number, cells[cell + KEY_END] as number, hash);
  }

  /** Position of a string value, or -1. */
  findString(tape: Tape, node: number): number {
    const cell = node << NODE_SHIFT;
    const { cells } = tape;
    if (((cells[cell] as number) & ESCAPED) !== 0) return this.findText(tape.stringAt(node));
    const start = (cells[cell + START] as number) + 1;
    const end = (cells[cell + END] as number) - 1;
    return this.find(tape.source, start, end, hashBytes(tape.source, start, end));
  }

  findText(text: string): number {
    const bytes = Buffer.from(text);
    return this.find(bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length));
  }

  private find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    let slot = slotOf(hash, this.mask);
    let position = this.slots[slot] as number;
    while (position !== 0) {
      if (this.hashes[position - 1] === hash && sameBytes(this.names[position - 1] as Buffer, bytes, start, end)) {
        return position - 1;
      }
      slot = (slot + 1) & this.mask;
      position = this.slots[slot] as number;
    }
    return -1;
  }
}

function sameBytes(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let at = 0; at < name.length; at++) if (name[at] !== bytes[start + at]) return false;
  return true;
}
