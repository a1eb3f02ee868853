const FIRST_BYTES = 4_096;

/** Bytes that arrive at one end and are taken at the other; what arrives byte by byte costs no more than what comes at once. */
export class ByteQueue {
  #bytes = Buffer.alloc(FIRST_BYTES);
  #from = 0;
  #to = 0;

  get length(): number {
    return this.#to - this.#from;
  }

  push(chunk: Buffer): void {
    if (this.#to + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    chunk.copy(this.#bytes, this.#to);
    this.#to += chunk.length;
  }

  /** A view of what is there, good until the next call of `push`. */
  peek(): Buffer {
    return this.#bytes.subarray(this.#from, this.#to);
  }

  /** The first bytes, as a copy. There are that many. */
  take(size_bytes: number): Buffer {
    const part = Buffer.from(this.#bytes.subarray(this.#from, this.#from + size_bytes));
    this.#from += size_bytes;
    return part;
  }

  #makeRoom(more_bytes: number): void {
    const held = this.peek();
    let capacity = this.#bytes.length;
    while (held.length + more_bytes > capacity) capacity *= 2;
    const bytes = Buffer.alloc(capacity);
    held.copy(bytes);
    this.#bytes = bytes;
    this.#to = held.length;
    this.#from = 0;
  }
}
