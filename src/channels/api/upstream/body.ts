const EMPTY = Buffer.alloc(0);
const FIRST_CAPACITY_BYTES = 16 * 1024;

/**
 * Gathers a body in one buffer. A single chunk is handed through without a copy; further chunks are copied
 * together, so that an upstream that sends a megabyte in one-byte chunks costs a megabyte.
 */
export class BodyCollector {
  size_bytes = 0;
  private parts: Buffer = EMPTY;
  private owned = false;

  add(chunk: Buffer): void {
    const needed = this.size_bytes + chunk.length;
    if (this.size_bytes === 0) {
      this.parts = chunk;
    } else {
      if (!this.owned || needed > this.parts.length) this.grow(needed);
      chunk.copy(this.parts, this.size_bytes);
    }
    this.size_bytes = needed;
  }

  take(): Buffer {
    return this.parts.length === this.size_bytes ? this.parts : this.parts.subarray(0, this.size_bytes);
  }

  private grow(needed_bytes: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed_bytes, this.parts.length * 2, FIRST_CAPACITY_BYTES));
    this.parts.copy(larger, 0, 0, this.size_bytes);
    this.parts = larger;
    this.owned = true;
  }
}
