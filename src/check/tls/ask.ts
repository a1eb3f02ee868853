import { type Address, DialError, type Prober, type ProbeStep } from '../../core/resolver/index.ts';
import { alertName } from '../../protocol/tls/alerts.ts';
import { MalformedFlight } from '../../protocol/tls/malformed-flight.ts';
import { FlightReader, type ServerFlight } from '../../protocol/tls/server-flight.ts';
import type { Slots } from '../slots.ts';
import { TlsNotBegun } from './starttls-prober.ts';

/**
 * How a server answered one hello.
 *
 * - `hello`: it chose something
 * - `alert`, `closed`: it said no, or hung up
 * - `malformed`: what came is not the first flight of a TLS server
 * - `late`, `unreachable`, `no-starttls`, `not-asked`: nothing can be said
 */
export interface Answer {
  readonly outcome: 'hello' | 'alert' | 'closed' | 'malformed' | 'late' | 'unreachable' | 'no-starttls' | 'not-asked';
  /** A word for people: the alert's name, what was malformed, why there is no connection. */
  readonly reason: string;
  readonly flight: ServerFlight;
}

export interface Unanswered {
  readonly outcome: Exclude<Answer['outcome'], 'hello' | 'alert'>;
  readonly reason: string;
}

export interface AskerOptions {
  readonly prober: Prober;
  readonly address: Address;
  readonly port: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** On that clock: no connection is begun or waited for after it. */
  readonly deadline_ms: number;
  readonly slots: Slots;
  /** No more are opened. */
  readonly max_connections: number;
  readonly onConnection: () => void;
}

export interface Conversation {
  readonly opening: Buffer;
  /** For all of it, from the connection on. */
  readonly answer_ms: number;
  /** As of a prober; it may throw MalformedFlight. */
  readonly onBytes: (chunk: Buffer) => ProbeStep;
}

export type ConversationEnd = 'answered' | 'closed' | 'late' | 'malformed' | 'failed';

const CONNECT_MS = 5_000;
const ANSWER_MS = 5_000;
/** So many hellos without any answer, and nobody is there who speaks TLS. */
const MAX_UNANSWERED = 4;
/** So many in a row, and a server that did answer no longer does. */
const MAX_SILENCE = 8;

/** Sends hellos to one endpoint: each on its own connection, so many at a time, and no longer than it makes sense. */
export class Asker {
  readonly #options: AskerOptions;
  #connections = 0;
  #unanswered = 0;
  #speaks_tls = false;
  #last_unanswered: Unanswered = { outcome: 'not-asked', reason: 'nothing was asked' };
  readonly #under_way = new Set<Promise<Answer>>();

  constructor(options: AskerOptions) {
    this.#options = options;
  }

  get connections(): number {
    return this.#connections;
  }

  /** It has answered at least once as a TLS server does. */
  get speaks_tls(): boolean {
    return this.#speaks_tls;
  }

  /** What the last connection without an answer met. */
  get last_unanswered(): Unanswered {
    return this.#last_unanswered;
  }

  /** Never throws for what the far end does. */
  ask(hello: Buffer): Promise<Answer> {
    return this.#options.slots.run(async () => {
      // Before it is given up, it may answer what it was asked already.
      while (this.#isSilent() && this.#under_way.size > 0) await Promise.race(this.#under_way);
      const left_ms = this.#timeLeft();
      if (typeof left_ms === 'string') return notAsked(left_ms);
      const asking = this.#exchange(hello, left_ms);
      this.#under_way.add(asking);
      try {
        const answer = await asking;
        this.#remember(answer);
        return answer;
      } finally {
        this.#under_way.delete(asking);
      }
    });
  }

  #isSilent(): boolean {
    return this.#unanswered >= (this.#speaks_tls ? MAX_SILENCE : MAX_UNANSWERED);
  }

  /**
   * A connection of more than one flight, or of no TLS: `onBytes` says what is sent on. What becomes of it tells nothing about
   * whether TLS is spoken there.
   *
   * @returns how it ended, as a prober has it; `malformed` where `onBytes` threw MalformedFlight; `failed` where there was no connection
   */
  converse({ opening, answer_ms, onBytes }: Conversation): Promise<ConversationEnd> {
    return this.#options.slots.run(async () => {
      const left_ms = this.#timeLeft();
      if (typeof left_ms === 'string') return 'failed';
      const { prober, address, port } = this.#options;
      const times = { connect_ms: Math.min(CONNECT_MS, left_ms), answer_ms: Math.min(answer_ms, left_ms) };
      try {
        return await prober.ask({ address, port, opening, ...times, onBytes });
      } catch (error) {
        if (error instanceof MalformedFlight) return 'malformed';
        if (error instanceof DialError) return 'failed';
        throw error;
      }
    });
  }

  /** Counts a connection. @returns how long it may take, or why there is none */
  #timeLeft(): number | string {
    const left_ms = this.#options.deadline_ms - this.#options.now();
    if (left_ms <= 0) return 'the time was over';
    if (this.#connections >= this.#options.max_connections) return 'too many connections';
    if (this.#isSilent()) return this.#last_unanswered.reason;
    this.#connections++;
    this.#options.onConnection();
    return left_ms;
  }

  async #exchange(hello: Buffer, left_ms: number): Promise<Answer> {
    const { prober, address, port } = this.#options;
    const reader = new FlightReader();
    try {
      const result = await prober.ask({
        address,
        port,
        opening: hello,
        connect_ms: Math.min(CONNECT_MS, left_ms),
        answer_ms: Math.min(ANSWER_MS, left_ms),
        onBytes: (chunk) => (reader.push(chunk) ? 'enough' : 'more'),
      });
      return answerOf(reader.flight, result === 'answered' ? 'closed' : result, result);
    } catch (error) {
      if (error instanceof MalformedFlight) return answerOf(reader.flight, 'malformed', error.message);
      if (error instanceof DialError) return { outcome: outcomeOf(error), reason: error.reason, flight: reader.flight };
      throw error;
    }
  }

  #remember({ outcome, reason }: Answer): void {
    if (outcome === 'hello' || outcome === 'alert') {
      this.#speaks_tls = true;
      this.#unanswered = 0;
      return;
    }
    this.#last_unanswered = { outcome, reason };
    // Many servers say no by hanging up.
    if (outcome !== 'closed' || !this.#speaks_tls) this.#unanswered++;
  }
}

const outcomeOf = (error: DialError) => (error instanceof TlsNotBegun ? 'no-starttls' : 'unreachable');

/** A choice counts, whatever became of the rest of the flight. */
function answerOf(flight: ServerFlight, otherwise: 'closed' | 'late' | 'malformed', why: string): Answer {
  if (flight.server_hello !== null) return { outcome: 'hello', reason: why, flight };
  if (flight.alert !== null) return { outcome: 'alert', reason: alertName(flight.alert), flight };
  return { outcome: otherwise, reason: REASONS[why] ?? why, flight };
}

const REASONS: Readonly<Record<string, string>> = {
  closed: 'hung up without an answer',
  late: 'no answer in time',
  not_tls: 'the answer is not TLS',
  too_large: 'the answer does not end',
};

function notAsked(reason: string): Answer {
  const flight = new FlightReader().flight;
  return { outcome: 'not-asked', reason, flight };
}
