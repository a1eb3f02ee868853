import type { RefusalCode } from '../../../core/errors/index.ts';
import { sourceKey } from '../../../core/limits/index.ts';
import type { Connection } from './connection.ts';
import type { ListenerOptions, RefusedSource } from './options.ts';

export interface RefusalLogOptions {
  /** Writes one record. */
  readonly onRefused: ListenerOptions['onRefused'];
  /** Most records of one source and code between two flushes; further ones are counted. */
  readonly max_single: number;
  /** Most sources and codes told apart between two flushes; further ones are counted together by code. */
  readonly max_keys: number;
}

interface Tally {
  single: number;
  repeated: number;
  readonly code: RefusalCode;
  /** Where the last repeated one came from. */
  from: RefusedSource;
}

/**
 * Refused connections on record without letting a flood of them write without bound: the first of each source and
 * code singly, the rest counted and recorded once per flush as `repeated N times`.
 */
export class RefusalLog {
  readonly #options: RefusalLogOptions;
  readonly #tallies = new Map<string, Tally>();

  constructor(options: RefusalLogOptions) {
    this.#options = options;
  }

  /** Resolves when the refusal is on record, at once where it is only counted. */
  record(connection: Connection | RefusedSource, code: RefusalCode, reason: string): Promise<void> {
    const { zone, source } = connection;
    const tally = this.#tallyOf(code, { zone, source, tls: null });
    if (tally.single < this.#options.max_single) {
      tally.single++;
      return this.#options.onRefused(connection, code, reason);
    }
    tally.repeated++;
    tally.from = { zone, source, tls: null };
    return Promise.resolve();
  }

  /** Records what was counted since the last flush. To be called once per second, and before the log closes. */
  async flush(): Promise<void> {
    const counted = [...this.#tallies.values()].filter(({ repeated }) => repeated > 0);
    this.#tallies.clear();
    await Promise.all(
      counted.map(({ from, code, repeated }) => this.#options.onRefused(from, code, `repeated ${repeated} times`)),
    );
  }

  #tallyOf(code: RefusalCode, from: RefusedSource): Tally {
    const own = `${code} ${sourceKey(from.source.address)}`;
    const known = this.#tallies.get(own);
    if (known) return known;
    const key = this.#tallies.size < this.#options.max_keys ? own : `${code} others`;
    const tally = this.#tallies.get(key) ?? { single: 0, repeated: 0, code, from };
    this.#tallies.set(key, tally);
    return tally;
  }
}
