/** What a source may open and send before anything is known about it: counted before TLS and before any parsing. */

import { ConcurrencyLimiter, enterAll } from './concurrency.ts';
import { LimitMemory } from './limit-memory.ts';
import { MemoryRateLimiter, type Rate } from './rate.ts';
import { sourceKey } from './source.ts';

export interface ConnectionCaps {
  /** Open connections of all sources together. */
  readonly total: number;
  /** Open connections of one source. */
  readonly per_source: number;
  /** New connections of one source. */
  readonly new_per_source: Rate;
  /** Bytes received from one source over all its connections. */
  readonly bytes_per_source: Rate;
  /** Most sources remembered by each of the two rates; default 100,000. */
  readonly max_sources?: number | undefined;
}

export interface CountedConnections {
  readonly memory: LimitMemory;
  readonly zone: string;
}

/** One admitted connection's hold on its source's budget. */
export interface ConnectionLease {
  /** The key the source is counted by; see `sourceKey`. */
  readonly source: string;
  /**
   * Counts bytes that have arrived; false when the source is over its budget, refused as ADMIT_BYTES. More bytes at
   * once than the burst are always over.
   */
  bytes(count: number, now_ms: number): boolean;
  /** The connection is closed. Calling it again does nothing. */
  end(): void;
}

export type Admission =
  | { readonly ok: true; readonly lease: ConnectionLease }
  | { readonly ok: false; readonly code: 'ADMIT_CONNECTIONS' | 'ADMIT_HANDSHAKES' };

/** Counted per zone where the memory is the same, over all its listeners and all workers that share the memory. */
export class ConnectionAdmission {
  readonly #total: ConcurrencyLimiter;
  readonly #per_source: ConcurrencyLimiter;
  readonly #new: MemoryRateLimiter;
  readonly #bytes: MemoryRateLimiter;

  /** @param counted where, and under which zone's name */
  constructor(caps: ConnectionCaps, counted: CountedConnections = { memory: new LimitMemory(), zone: '' }) {
    const { memory, zone } = counted;
    const places = (name: string) => memory.places(`connections/${zone}/${name}`);
    const rate = (name: string) => memory.rate(`connections/${zone}/${name}`, caps.max_sources);
    this.#total = new ConcurrencyLimiter(caps.total, places('total'));
    this.#per_source = new ConcurrencyLimiter(caps.per_source, places('source'));
    this.#new = new MemoryRateLimiter(caps.new_per_source, rate('new'));
    this.#bytes = new MemoryRateLimiter(caps.bytes_per_source, rate('bytes'));
  }

  /** @param address as the socket gives it; undefined when the far end is gone already. */
  admitConnection(address: string | undefined, now_ms: number): Admission {
    const source = sourceKey(address);
    const release = enterAll([
      { limiter: this.#total, key: '' },
      { limiter: this.#per_source, key: source },
    ]);
    if (release === null) return { ok: false, code: 'ADMIT_CONNECTIONS' };
    if (!this.#new.take(source, 1, now_ms).ok) {
      release();
      return { ok: false, code: 'ADMIT_HANDSHAKES' };
    }
    const bytes = (count: number, at_ms: number) => this.#bytes.take(source, count, at_ms).ok;
    return { ok: true, lease: { source, bytes, end: release } };
  }

  /** Connections open now in this process. */
  get open(): number {
    return this.#total.count('');
  }

  openOf(address: string): number {
    return this.#per_source.count(sourceKey(address));
  }
}
