/**
 * Brings spans to a collector, a batch at a time. No exchange waits for it: what an exchange costs is to be remembered
 * until the turn of the event loop is over. What does not fit the queue, or is not taken in the end, is dropped and counted.
 */
import type { Notify } from '../oplog/index.ts';
import type { Delivery } from './answer.ts';
import { BackOff } from './back-off.ts';
import { type OtlpResource, spanCount, type TracedExchange } from './otlp.ts';
import { type Batch, SpanQueue } from './span-queue.ts';

/** Where batches go. */
export interface Collector {
  /** Never rejects. */
  post(batch: Batch): Promise<Delivery>;
  /** Ends the post under way, which is then not taken. */
  giveUp(): void;
  /** Resolves when every connection is closed. */
  close(): Promise<void>;
}

/**
 * Why spans are dropped. `full`: the queue had no room. `refused`: the collector does not want the batch. `rejected`: nor
 * these of it. `unsent`: it was tried often enough. `ended`: there was no time left for them.
 */
export const DROP_REASONS = ['full', 'refused', 'rejected', 'unsent', 'ended'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What becomes of spans is counted here. */
export interface SpanCounts {
  exported(spans: number): void;
  dropped(reason: DropReason, spans: number): void;
}

export interface ExporterSettings {
  readonly queue_bytes: number;
  readonly batch_bytes: number;
  /** How long the first of a batch waits for more. */
  readonly every_ms: number;
  readonly resource: OtlpResource;
}

export interface ExporterOptions {
  readonly collector: Collector;
  readonly settings: ExporterSettings;
  readonly counts: SpanCounts;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly onNotice: Notify;
}

/** A batch is sent this often, then dropped: one that kills the collector each time must not do so for ever. */
const MOST_ATTEMPTS = 8;
/** Failures in a row that are worth telling: a collector that says 429 now and then is doing well. */
const FAILURES_TOLD = 3;
/** Exchanges of one turn that are remembered before they are in the queue. */
const MOST_GATHERED = 4096;
/** A connection that is being made cannot be taken back, and may take long: the end does not wait for it. */
const CLOSING_MS = 200;

export class TraceExporter {
  readonly #options: ExporterOptions;
  readonly #queue = new SpanQueue();
  readonly #back_off: BackOff;
  #settings: ExporterSettings;
  #gathered: TracedExchange[] = [];
  /** The loop that sends; null while nothing waits. */
  #running: Promise<void> | null = null;
  /** Ends the wait that the loop is in. */
  #wake: (() => void) | null = null;
  #waits_for_more = false;
  /** That the collector takes nothing was told. */
  #told_failing = false;
  #told_full = false;
  #ended_spans = 0;
  #closing = false;
  /** The end, once it has begun. */
  #ended: Promise<void> | null = null;
  #over = false;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#back_off = new BackOff(options.random);
  }

  get queued_bytes(): number {
    return this.#queue.size_bytes;
  }

  /** Whether the collector takes nothing, as far as is known. */
  get failing(): boolean {
    return this.#told_failing;
  }

  /** What waits for more is sent at once: by the new settings it may have waited long enough. */
  configure(settings: ExporterSettings): void {
    this.#settings = settings;
    if (this.#waits_for_more) this.#wake?.();
  }

  /** Takes an exchange to be exported, or drops it; returns at once. */
  offer(exchange: TracedExchange): void {
    if (this.#over || this.#queue.full || this.#gathered.length >= MOST_GATHERED) {
      this.#drop(this.#over ? 'ended' : 'full', spanCount(exchange.outcome));
      return;
    }
    if (this.#gathered.length === 0) setImmediate(() => this.#enqueue());
    this.#gathered.push(exchange);
  }

  /**
   * Sends what waits, each batch once more at most, for as long as the budget lasts; drops the rest and closes the
   * connections. Called again, the shorter budget holds.
   */
  async close(budget_ms: number): Promise<void> {
    const late = setTimeout(() => {
      this.#over = true;
      this.#options.collector.giveUp();
    }, budget_ms);
    this.#ended ??= this.#end();
    await this.#ended;
    clearTimeout(late);
  }

  async #end(): Promise<void> {
    this.#closing = true;
    this.#enqueue();
    this.#wake?.();
    await this.#running;
    // What came in the very turn in which the loop had found nothing more.
    if (this.#back_off.failures === 0) await this.#run();
    this.#over = true;
    this.#drop('ended', this.#queue.clear());
    const dropped = this.#ended_spans;
    if (dropped > 0) {
      this.#options.onNotice(
        `traces: ${dropped} spans are dropped at the end; the collector did not take them in time`,
      );
    }
    await within(CLOSING_MS, this.#options.collector.close());
  }

  #enqueue(): void {
    const gathered = this.#gathered;
    if (gathered.length === 0) return;
    this.#gathered = [];
    const { queue_bytes, batch_bytes } = this.#settings;
    for (const exchange of gathered) {
      if (!this.#queue.add(exchange, queue_bytes)) this.#drop('full', spanCount(exchange.outcome));
    }
    if (this.#queue.empty || this.#over) return;
    if (this.#running === null) {
      this.#running = this.#run().finally(() => {
        this.#running = null;
      });
    } else if (this.#waits_for_more && this.#queue.fills(batch_bytes)) {
      this.#wake?.();
    }
  }

  /** Sends until nothing waits. */
  async #run(): Promise<void> {
    while (!this.#queue.empty && !this.#over) {
      if (!this.#closing && !this.#queue.fills(this.#settings.batch_bytes)) await this.#waitForMore();
      const batch = this.#queue.take(this.#settings.batch_bytes, this.#settings.resource);
      if (batch !== null) await this.#deliver(batch);
      if (this.#closing && this.#back_off.failures > 0) return;
    }
    if (this.#queue.empty) this.#told_full = false;
  }

  async #deliver(batch: Batch): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const delivery = await this.#options.collector.post(batch);
      if (delivery.taken) return this.#taken(batch, delivery.rejected);
      const wait_ms = this.#back_off.failed(delivery.after_ms);
      const last = !delivery.again || attempt >= MOST_ATTEMPTS || this.#closing;
      if (last) this.#drop(reasonOf(delivery, this.#closing), batch.spans);
      if (!delivery.again || attempt >= MOST_ATTEMPTS || this.#back_off.failures >= FAILURES_TOLD) {
        this.#tellFailing(delivery.why);
      }
      if (this.#closing) return;
      await this.#wait(wait_ms);
      if (last) return;
    }
  }

  #taken({ spans }: Batch, rejected: number): void {
    const { counts, onNotice } = this.#options;
    counts.exported(spans - rejected);
    if (rejected > 0) counts.dropped('rejected', rejected);
    this.#back_off.worked();
    if (!this.#told_failing) return;
    this.#told_failing = false;
    onNotice('traces: the collector takes them again', 'info');
  }

  #tellFailing(why: string): void {
    if (this.#told_failing || this.#over) return;
    this.#told_failing = true;
    this.#options.onNotice(`traces: the collector takes none (${why}); exchanges go on, spans wait and may be dropped`);
  }

  #drop(reason: DropReason, spans: number): void {
    if (spans === 0) return;
    this.#options.counts.dropped(reason, spans);
    if (reason === 'ended') this.#ended_spans += spans;
    if (reason !== 'full' || this.#told_full) return;
    this.#told_full = true;
    this.#options.onNotice('traces: the queue is full; spans are dropped until the collector has caught up');
  }

  async #waitForMore(): Promise<void> {
    this.#waits_for_more = true;
    await this.#wait(this.#settings.every_ms);
    this.#waits_for_more = false;
  }

  /** Ends early when the exporter is closed. Nothing stays alive for it. */
  #wait(wait_ms: number): Promise<void> {
    if (this.#closing) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, wait_ms);
    timer.unref();
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise.then(() => {
      this.#wake = null;
    });
  }
}

function reasonOf({ again }: Delivery & { readonly taken: false }, closing: boolean): DropReason {
  if (!again) return 'refused';
  return closing ? 'ended' : 'unsent';
}

async function within(budget_ms: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = setTimeout(resolve, budget_ms);
  await Promise.race([work, promise]);
  clearTimeout(late);
}
