import { exportFrame, type OtlpResource, spansOf, type TracedExchange } from './otlp.ts';

/** Spans on their way to the collector, as the body of one export. */
export interface Batch {
  readonly body: Buffer;
  readonly spans: number;
}

/** The spans of one exchange, as JSON text without brackets. */
interface Waiting {
  readonly text: string;
  readonly spans: number;
  readonly size_bytes: number;
}

/** No more exchanges are sent at once, however small. */
const MOST_EXCHANGES = 512;

/** What waits for the collector, held within bytes. */
export class SpanQueue {
  #waiting: Waiting[] = [];
  #size_bytes = 0;
  #full = false;

  /** Whether an exchange found no room since something was taken: no other needs to be looked at. */
  get full(): boolean {
    return this.#full;
  }

  get size_bytes(): number {
    return this.#size_bytes;
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether there is enough for a batch. */
  fills(batch_bytes: number): boolean {
    return this.#size_bytes >= batch_bytes || this.#waiting.length >= MOST_EXCHANGES;
  }

  /** @returns false where it has no room for the exchange */
  add(exchange: TracedExchange, queue_bytes: number): boolean {
    const spans = spansOf(exchange);
    if (spans.length === 0) return true;
    const text = JSON.stringify(spans).slice(1, -1);
    const size_bytes = Buffer.byteLength(text);
    this.#full = this.#size_bytes + size_bytes > queue_bytes;
    if (this.#full) return false;
    this.#waiting.push({ text, spans: spans.length, size_bytes });
    this.#size_bytes += size_bytes;
    return true;
  }

  /** The oldest, at least one exchange and more while the batch has room; null where nothing waits. */
  take(batch_bytes: number, resource: OtlpResource): Batch | null {
    let taken_bytes = 0;
    let count = 0;
    for (const { size_bytes } of this.#waiting) {
      if (count > 0 && (count >= MOST_EXCHANGES || taken_bytes + size_bytes > batch_bytes)) break;
      taken_bytes += size_bytes;
      count++;
    }
    if (count === 0) return null;
    const taken = this.#waiting.splice(0, count);
    this.#size_bytes -= taken_bytes;
    this.#full = false;
    const [before, after] = exportFrame(resource);
    return {
      body: Buffer.from(`${before}${taken.map(({ text }) => text).join(',')}${after}`),
      spans: taken.reduce((sum, { spans }) => sum + spans, 0),
    };
  }

  /** @returns how many spans were dropped */
  clear(): number {
    const dropped = this.#waiting.reduce((sum, { spans }) => sum + spans, 0);
    this.#waiting = [];
    this.#size_bytes = 0;
    return dropped;
  }
}
