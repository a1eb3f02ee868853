import { COUNT, END, KEY_END, KEY_HASH, KEY_START, NEXT, NODE_SHIFT, START, Tape } from './tape.ts';

/** Nodes a pooled tape may keep room for between two texts. */
export const RETAINED_NODES = 65_536;
/** Where an open container ends, until it is closed. */
const OPEN_NODE = 0x7fffffff;

/** Writes nodes to a tape that grows as needed and is reused from text to text. */
export class TapeWriter {
  protected readonly tape: Tape;
  protected bytes: Buffer;
  protected size = 0;
  /** The name of the node that is written next; -1 for items and the root. */
  protected keyStart = -1;
  protected keyEnd = -1;
  protected keyHash = 0;
  protected keyFlags = 0;
  private cells: Int32Array;

  protected constructor(capacity: number) {
    this.bytes = Buffer.alloc(0);
    this.tape = new Tape(this.bytes, capacity);
    this.cells = this.tape.cells;
  }

  protected begin(bytes: Buffer): void {
    const { tape } = this;
    if (tape.marks.length > RETAINED_NODES) {
      tape.cells = new Int32Array(RETAINED_NODES << NODE_SHIFT);
      tape.marks = new Uint8Array(RETAINED_NODES);
    }
    tape.source = bytes;
    tape.size = 0;
    this.bytes = bytes;
    this.cells = tape.cells;
    this.size = 0;
    this.keyStart = -1;
    this.keyFlags = 0;
  }

  protected open(kind: number, at: number): number {
    const node = this.size;
    this.leaf(kind, at, at);
    this.cells[(node << NODE_SHIFT) + NEXT] = OPEN_NODE;
    return node;
  }

  protected close(node: number, end: number, count: number): number {
    const cell = node << NODE_SHIFT;
    this.cells[cell + END] = end;
    this.cells[cell + NEXT] = this.size;
    this.cells[cell + COUNT] = count;
    return end;
  }

  protected leaf(kind: number, start: number, end: number): number {
    const node = this.size++;
    const cell = node << NODE_SHIFT;
    if (cell === this.cells.length) this.grow();
    const { cells, keyStart } = this;
    cells[cell] = kind | this.keyFlags;
    cells[cell + START] = start;
    cells[cell + END] = end;
    cells[cell + NEXT] = node + 1;
    cells[cell + KEY_START] = keyStart;
    if (keyStart >= 0) {
      cells[cell + KEY_END] = this.keyEnd;
      cells[cell + KEY_HASH] = this.keyHash;
    }
    return end;
  }

  private grow(): void {
    const { tape } = this;
    const cells = new Int32Array(Math.max(8, tape.cells.length * 2));
    cells.set(tape.cells);
    tape.cells = cells;
    tape.marks = new Uint8Array(cells.length >> NODE_SHIFT);
    this.cells = cells;
  }
}
