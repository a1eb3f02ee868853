/** Messages as lines of JSON, read within bounds whatever arrives. */

const LINE_FEED = 0x0a;
const FIRST_BYTES = 64 * 1024;

export function lineOf(message: object): string {
  return `${JSON.stringify(message)}\n`;
}

/** Takes a stream apart into messages. Holds twice the longest line at most. */
export class MessageReader {
  readonly #max_bytes: number;
  /** The begin of a line; its first `#length` bytes count. */
  #begun = Buffer.alloc(0);
  #length = 0;
  /** The line is longer than it may be: what is left of it is passed by. */
  #too_long = false;

  /** @param max_bytes of a line, without its end */
  constructor(max_bytes: number) {
    this.#max_bytes = max_bytes;
  }

  /** The messages that end in this chunk; undefined for a line that is none, or too long. */
  *push(chunk: Buffer): Generator<unknown> {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#keep(chunk.subarray(from, end));
      from = end + 1;
      yield this.#finish();
    }
    this.#keep(chunk.subarray(from));
  }

  #finish(): unknown {
    const message = this.#too_long ? undefined : parsed(this.#begun.toString('utf8', 0, this.#length));
    this.#length = 0;
    this.#too_long = false;
    // What a long line needed is not kept for short ones.
    if (this.#begun.length > FIRST_BYTES) this.#begun = Buffer.alloc(0);
    return message;
  }

  #keep(part: Buffer): void {
    if (this.#too_long) return;
    const length = this.#length + part.length;
    if (length > this.#max_bytes) {
      this.#too_long = true;
      this.#begun = Buffer.alloc(0);
      this.#length = 0;
      return;
    }
    // Copied, not held: a chunk of one byte has the weight of many.
    if (length > this.#begun.length) this.#grow(length);
    part.copy(this.#begun, this.#length);
    this.#length = length;
  }

  #grow(length: number): void {
    const larger = Buffer.alloc(Math.max(FIRST_BYTES, 2 ** Math.ceil(Math.log2(length))));
    this.#begun.copy(larger, 0, 0, this.#length);
    this.#begun = larger;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
