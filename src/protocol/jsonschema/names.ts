import { hashBytes, slotOf } from '../json/hash.ts';
import { END, ESCAPED, KEY_END, KEY_ESCAPED, KEY_HASH, KEY_START, NODE_SHIFT, START } from '../json/tape.ts';
import { payName, payString } from './cost.ts';
import type { Run } from './run.ts';

/** Bytes that one byte of text can take when it is escaped: `\u0041`. */
export const MAX_ESCAPED_BYTES = 6;

/**
 * A fixed set of names, found by the bytes of a key or string without decoding it. Looking one up costs at most
 * what the longest name costs, whatever is looked up.
 */
export class NameTable {
  private readonly names: readonly Buffer[];
  private readonly hashes: Int32Array;
  private readonly slots: Int32Array;
  private readonly mask: number;
  private readonly longest_bytes: number;

  /** @param names without duplicates; `find*` answers with the position in this list */
  constructor(names: readonly string[]) {
    this.names = names.map((name) => Buffer.from(name));
    this.hashes = Int32Array.from(this.names, (name) => hashBytes(name, 0, name.length));
    this.longest_bytes = this.names.reduce((longest, name) => Math.max(longest, name.length), 0);
    this.mask = (1 << (33 - Math.clz32(names.length))) - 1;
    this.slots = new Int32Array(this.mask + 1);
    this.hashes.forEach((hash, index) => {
      let slot = slotOf(hash, this.mask);
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = index + 1;
    });
  }

  /** Position of a member's name, or -1. */
  findKey(run: Run, node: number): number {
    const cell = node << NODE_SHIFT;
    const { cells } = run;
    const start = cells[cell + KEY_START] as number;
    const end = cells[cell + KEY_END] as number;
    if (((cells[cell] as number) & KEY_ESCAPED) === 0) {
      return this.find(run.tape.source, start, end, cells[cell + KEY_HASH] as number);
    }
    if (end - start > this.longest_bytes * MAX_ESCAPED_BYTES) return -1;
    payName(run, node);
    return this.findText(run.tape.keyOf(node) as string);
  }

  /** Position of a string value, or -1. */
  findString(run: Run, node: number): number {
    const cell = node << NODE_SHIFT;
    const { cells, tape } = run;
    const start = (cells[cell + START] as number) + 1;
    const end = (cells[cell + END] as number) - 1;
    const escaped = ((cells[cell] as number) & ESCAPED) !== 0;
    if (end - start > (escaped ? this.longest_bytes * MAX_ESCAPED_BYTES : this.longest_bytes)) return -1;
    payString(run, node);
    if (escaped) return this.findText(tape.stringAt(node));
    return this.find(tape.source, start, end, hashBytes(tape.source, start, end));
  }

  private findText(text: string): number {
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
