import { decodeString } from './text.ts';

/** Kinds of nodes, the low three bits of a node's first cell. */
export const NULL = 0;
export const FALSE = 1;
export const TRUE = 2;
export const NUMBER = 3;
export const STRING = 4;
export const ARRAY = 5;
export const OBJECT = 6;
export const KIND_MASK = 7;

/** Flags beside the kind. */
export const ESCAPED = 8; // a string with at least one escape
export const WIDE = 16; // a string with at least one byte above 0x7f
export const INTEGER = 32; // a number without fraction and exponent
export const KEY_ESCAPED = 64; // the member's name has at least one escape

/** Cells of a node, as offsets from `node << NODE_SHIFT`. */
export const NODE_SHIFT = 3;
export const START = 1; // offset of the first byte of the value
export const END = 2; // offset after its last byte
export const NEXT = 3; // node after this one and everything below it
export const KEY_START = 4; // offset after the name's opening quote; -1 for items and the root
export const KEY_END = 5; // offset of the name's closing quote; of an item, anything
export const KEY_HASH = 6; // FNV-1a of the unescaped name
export const COUNT = 7; // members of an object, items of an array; of a scalar, anything

/**
 * A parsed JSON text as a flat list of nodes in document order: node 0 is the root, the children of a
 * container start at `node + 1` and each is followed by its next sibling at `next(child)`. Nothing is
 * decoded; every node is a range of `source`. A tape that came out of a pooled parser is valid until that
 * parser's next call.
 */
export class Tape {
  source: Buffer;
  /** Eight 32-bit cells a node. */
  cells: Int32Array;
  /** One byte a node for whoever walks the tape (the schema walker's marks). */
  marks: Uint8Array;
  /** Number of nodes. */
  size = 0;

  constructor(source: Buffer, capacity: number) {
    this.source = source;
    this.cells = new Int32Array(capacity << NODE_SHIFT);
    this.marks = new Uint8Array(capacity);
  }

  kind(node: number): number {
    return this.cell(node, 0) & KIND_MASK;
  }

  start(node: number): number {
    return this.cell(node, START);
  }

  end(node: number): number {
    return this.cell(node, END);
  }

  /** The node after this one's subtree: its next sibling, unless it is the last child. */
  next(node: number): number {
    return this.cell(node, NEXT);
  }

  /** Members of an object or items of an array; 0 for scalars. */
  count(node: number): number {
    return this.kind(node) < ARRAY ? 0 : this.cell(node, COUNT);
  }

  isMember(node: number): boolean {
    return this.cell(node, KEY_START) >= 0;
  }

  /** Offset of the first byte of a member's name, after the quote; -1 for items and the root. */
  keyStart(node: number): number {
    return this.cell(node, KEY_START);
  }

  /** Offset of the quote that closes a member's name. */
  keyEnd(node: number): number {
    return this.cell(node, KEY_END);
  }

  /** The unescaped name of a member; undefined for items and the root. */
  keyOf(node: number): string | undefined {
    const start = this.cell(node, KEY_START);
    if (start < 0) return undefined;
    return decodeString(this.source, start, this.cell(node, KEY_END), (this.cell(node, 0) & KEY_ESCAPED) !== 0);
  }

  /** The unescaped text of a string node. */
  stringAt(node: number): string {
    const flags = this.cell(node, 0);
    const wide = (flags & WIDE) !== 0;
    return decodeString(this.source, this.start(node) + 1, this.end(node) - 1, (flags & ESCAPED) !== 0, wide);
  }

  /** The bytes of a scalar as written, such as a number's digits. */
  textAt(node: number): string {
    return this.source.toString('latin1', this.start(node), this.end(node));
  }

  private cell(node: number, cell: number): number {
    return this.cells[(node << NODE_SHIFT) + cell] as number;
  }
}
