import { type Address, DialError, type Prober, type ProbeStep } from '../../core/resolver/index.ts';
import { alertName } from '../../protocol/tls/alerts.ts';
import { MalformedFlight } from '../../protocol/tls/malformed-flight.ts';
import { FlightReader, type ServerFlight } from '../../protocol/tls/server-flight.ts';
import type { Slots } from '../slots.ts';

/**
 * How a server answered one hello.
 *
 * - `hello`: it chose something
 * - `alert`, `closed`: it said no, or hung up
 * - `malformed`: what came is not the first flight of a TLS server
 * - `late`, `unreachable`, `not-asked`: nothing can be said
 */
export interface Answer {
  readonly outcome: 'hello' | 'alert' | 'closed' | 'malformed' | 'late' | 'unreachable' | 'not-asked';
  /** A word for people: the alert's name, what was malformed, why there is no connection. */
  readonly reason: string;
  readonly flight: ServerFlight;
}

/** What is said to a server beyond one hello. Its state is its own; the asker carries bytes. */
export interface Conversation {
  readonly opening: Buffer;
  /** @throws MalformedFlight where what comes is not what TLS has there */
  readonly push: (chunk: Buffer) => ProbeStep;
}

/** `done`: the conversation had enough. Where it ended otherwise, what it learnt before still holds. */
export interface ConversationEnd {
  readonly outcome: 'done' | Exclude<Answer['outcome'], 'hello' | 'alert'>;
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
  readonly onConnection: () => void;
}

const CONNECT_MS = 5_000;
const ANSWER_MS = 5_000;
/** More than the widest server needs: every version with every suite. */
const MAX_CONNECTIONS = 1_500;
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
  #last_reason = 'nothing was asked';

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
  get last_reason(): string {
    return this.#last_reason;
  }

  /** Never throws for what the far end does. */
  async ask(hello: Buffer): Promise<Answer> {
    const reader = new FlightReader();
    const push = (chunk: Buffer) => (reader.push(chunk) ? 'enough' : 'more');
    const end = await this.#inTurn({ opening: hello, push }, (ended) => {
      const answer = answerOf(reader.flight, ended);
      this.#remember(answer);
      return answer;
    });
    return 'flight' in end ? end : { ...end, outcome: 'not-asked', flight: reader.flight };
  }

  /**
   * On a connection of its own, in turn with the hellos. How it ends tells nothing of whether TLS is spoken, so it is not counted among
   * what went unanswered. Never throws for what the far end does.
   */
  converse(conversation: Conversation): Promise<ConversationEnd> {
    return this.#inTurn(conversation, (ended) => ended);
  }

  #inTurn<Result>(
    conversation: Conversation,
    conclude: (ended: ConversationEnd) => Result,
  ): Promise<Result | ConversationEnd> {
    return this.#options.slots.run(async () => {
      const left_ms = this.#options.deadline_ms - this.#options.now();
      if (left_ms <= 0) return notAsked('the time was over');
      if (this.#connections >= MAX_CONNECTIONS) return notAsked('too many connections');
      if (this.#unanswered >= (this.#speaks_tls ? MAX_SILENCE : MAX_UNANSWERED)) return notAsked(this.#last_reason);
      this.#connections++;
      this.#options.onConnection();
      return conclude(await this.#exchange(conversation, left_ms));
    });
  }

  async #exchange({ opening, push }: Conversation, left_ms: number): Promise<ConversationEnd> {
    const { prober, address, port } = this.#options;
    try {
      const result = await prober.ask({
        address,
        port,
        opening,
        connect_ms: Math.min(CONNECT_MS, left_ms),
        answer_ms: Math.min(ANSWER_MS, left_ms),
        onBytes: push,
      });
      return { outcome: result === 'answered' ? 'done' : result, reason: REASONS[result] ?? result };
    } catch (error) {
      if (error instanceof MalformedFlight) {
        return { outcome: 'malformed', reason: REASONS[error.message] ?? error.message };
      }
      if (error instanceof DialError) return { outcome: 'unreachable', reason: error.reason };
      throw error;
    }
  }

  #remember({ outcome, reason }: Answer): void {
    if (outcome === 'hello' || outcome === 'alert') {
      this.#speaks_tls = true;
      this.#unanswered = 0;
      return;
    }
    this.#last_reason = reason;
    // Many servers say no by hanging up.
    if (outcome !== 'closed' || !this.#speaks_tls) this.#unanswered++;
  }
}

/** A choice counts, whatever became of the rest of the flight. */
function answerOf(flight: ServerFlight, { outcome, reason }: ConversationEnd): Answer {
  if (flight.server_hello !== null) return { outcome: 'hello', reason, flight };
  if (flight.alert !== null) return { outcome: 'alert', reason: alertName(flight.alert), flight };
  return { outcome: outcome === 'done' ? 'closed' : outcome, reason, flight };
}

const REASONS: Readonly<Record<string, string>> = {
  closed: 'hung up without an answer',
  late: 'no answer in time',
  not_tls: 'the answer is not TLS',
  too_large: 'the answer does not end',
};

function notAsked(reason: string): ConversationEnd {
  return { outcome: 'not-asked', reason };
}
