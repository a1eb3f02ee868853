import { END, NEXT, NODE_SHIFT, OBJECT, type Tape } from './tape.ts';

/** A member to add to an object. */
export interface Fill {
  /** The object's node. */
  readonly object: number;
  readonly name: string;
  readonly value: string;
}

/**
 * Copies a text without some of its members and items, and with some members added. Source bytes are
 * copied, so numbers keep their digits, strings their escapes and members their order; whitespace is kept
 * where a container is unchanged and dropped where it is not.
 *
 * @param undeclared nodes to leave out, in document order, none inside another, the root not among them
 * @param fills members to add at the end of their objects; an object that already has the name keeps both,
 *   so the caller asks only for absent names
 * @returns the source itself when there is nothing to do
 */
export function trim(tape: Tape, undeclared: readonly number[], fills: readonly Fill[] = []): Buffer {
  if (undeclared.length === 0 && fills.length === 0) return tape.source;
  const ordered = [...fills].sort((left, right) => left.object - right.object);
  return new Trimmer(tape, undeclared, ordered).run();
}

/** Bytes a name or value can take as JSON: six for each UTF-16 unit, quotes, comma and colon. */
const FILL_OVERHEAD = 6;

const NO_FILLS: readonly Fill[] = [];

class Trimmer {
  private readonly tape: Tape;
  private readonly cuts: readonly number[];
  private readonly fills: readonly Fill[];
  private readonly out: Buffer;
  private length = 0;
  private cut = 0;
  private fill = 0;

  constructor(tape: Tape, cuts: readonly number[], fills: readonly Fill[]) {
    this.tape = tape;
    this.cuts = cuts;
    this.fills = fills;
    let size = tape.source.length;
    for (const { name, value } of fills) size += 6 * (name.length + value.length) + FILL_OVERHEAD;
    this.out = Buffer.allocUnsafe(size);
  }

  run(): Buffer {
    this.container(0);
    return this.out.subarray(0, this.length);
  }

  /** Writes a container that changes, child by child; runs of unchanged children are copied whole. */
  private container(node: number): void {
    const { tape } = this;
    const object = tape.kind(node) === OBJECT;
    const end = tape.next(node);
    this.byte(object ? 0x7b : 0x5b);
    const open = this.length;
    const ownFills = this.takeFills(node);
    const { cells } = tape;
    let from = -1;
    let to = -1;
    for (let child = node + 1; child < end; ) {
      const cell = child << NODE_SHIFT;
      const next = cells[cell + NEXT] as number;
      const dropped = this.cuts[this.cut] === child;
      if (!dropped && !this.changes(next)) {
        if (from < 0) from = this.memberStart(child);
        to = cells[cell + END] as number;
      } else {
        this.copyRun(open, from, to);
        from = -1;
        if (dropped) this.cut++;
        else this.changedChild(open, child);
      }
      child = next;
    }
    this.copyRun(open, from, to);
    for (const { name, value } of ownFills) {
      this.separate(open);
      this.length += this.out.write(`${JSON.stringify(name)}:${JSON.stringify(value)}`, this.length);
    }
    this.byte(object ? 0x7d : 0x5d);
  }

  private changedChild(open: number, child: number): void {
    this.separate(open);
    this.copy(this.memberStart(child), this.tape.start(child));
    this.container(child);
  }

  private copyRun(open: number, from: number, to: number): void {
    if (from < 0) return;
    this.separate(open);
    this.copy(from, to);
  }

  /** Whether anything is left out of, or added to, what lies before the node `next`. */
  private changes(next: number): boolean {
    const cut = this.cuts[this.cut];
    if (cut !== undefined && cut < next) return true;
    const fill = this.fills[this.fill];
    return fill !== undefined && fill.object < next;
  }

  private takeFills(node: number): readonly Fill[] {
    if (this.fills.length === 0) return NO_FILLS;
    const first = this.fill;
    while (this.fills[this.fill]?.object === node) this.fill++;
    return this.fills.slice(first, this.fill);
  }

  /** Where a child begins: at its name's opening quote, or at the value of an item. */
  private memberStart(child: number): number {
    return this.tape.isMember(child) ? this.tape.keyStart(child) - 1 : this.tape.start(child);
  }

  private separate(open: number): void {
    if (this.length > open) this.byte(0x2c);
  }

  private byte(byte: number): void {
    this.out[this.length++] = byte;
  }

  private copy(from: number, to: number): void {
    this.length += this.tape.source.copy(this.out, this.length, from, to);
  }
}
