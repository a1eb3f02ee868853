import { Refusal } from '../../../core/errors/refusal.ts';
import type { AddressEntry, AddressSet, Dialled } from '../../../core/resolver/index.ts';
import { Attempt } from './attempt.ts';
import { Dispatch } from './dispatch.ts';
import { reasonText, refusalFor } from './failure.ts';
import { Lane, type LaneOptions } from './lane.ts';
import type { UpstreamAnswer, UpstreamRequest } from './options.ts';

/** How the addresses of an upstream are asked whether they are well. */
export interface CheckOptions {
  /** Origin-form; below no base path. */
  readonly path: string;
  /** From the end of one round of checks to the next; up to a tenth more or less. */
  readonly interval_ms: number;
  /** For each of resolving, connecting, the handshake and the answer. */
  readonly timeout_ms: number;
  readonly statuses: ReadonlySet<number>;
  /** Checks in a row that bring an address back, and that set one aside. */
  readonly healthy: number;
  readonly unhealthy: number;
}

export interface ChecksPorts {
  readonly options: CheckOptions;
  readonly lane: LaneOptions;
  readonly set: AddressSet;
  /** Brings the addresses up to date; null where they are, or are known at least. */
  readonly refresh: () => Promise<void> | null;
  readonly dial: (entry: AddressEntry, timeout_ms: number) => Promise<Dialled>;
  readonly now: () => number;
  readonly random: () => number;
}

/** Checks under way at once, each on a connection of its own, beside those of exchanges. */
const MOST_AT_ONCE = 16;
const MAX_ANSWER_BYTES = 64 * 1024;
/** Gates that start together do not ask together. */
const FIRST_WITHIN_MS = 500;

/**
 * Asks every address of an upstream, again and again, over a connection that is dialled and proven as those of
 * exchanges are. What it learns stands in the address set. A redirect is not followed; an answer that breaks HTTP, or is
 * larger than 64 KiB, fails.
 */
export class Checks {
  private readonly ports: ChecksPorts;
  private readonly open = new Set<Lane>();
  private timer: NodeJS.Timeout | null = null;
  private watching = false;

  constructor(ports: ChecksPorts) {
    this.ports = ports;
  }

  start(): void {
    if (this.watching) return;
    this.watching = true;
    this.next(this.ports.random() * Math.min(FIRST_WITHIN_MS, this.ports.options.interval_ms));
  }

  /** Ends what is under way; its findings are dropped. */
  stop(): void {
    this.watching = false;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (const lane of this.open) lane.close();
  }

  private next(wait_ms: number): void {
    this.timer = setTimeout(() => void this.round(), wait_ms).unref();
  }

  private async round(): Promise<void> {
    const timer = this.timer;
    // A name that cannot be resolved leaves nothing to ask.
    await this.ports.refresh()?.catch(() => {});
    const left = [...this.ports.set.entries];
    const one = async (): Promise<void> => {
      for (let entry = left.pop(); entry !== undefined && this.watching; entry = left.pop()) await this.check(entry);
    };
    await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, left.length) }, one));
    const { options, random } = this.ports;
    // Stopped and started again meanwhile, another round is due already.
    if (this.watching && this.timer === timer) this.next(options.interval_ms * (0.9 + 0.2 * random()));
  }

  private async check(entry: AddressEntry): Promise<void> {
    const reason = await this.ask(entry);
    if (this.watching) this.ports.set.checked(entry, reason);
  }

  /** Why the address is not well; null where it is. */
  private async ask(entry: AddressEntry): Promise<string | null> {
    const { options, lane: lane_options, dial } = this.ports;
    let lane: Lane | null = null;
    try {
      lane = new Lane(await dial(entry, options.timeout_ms), lane_options, () => {});
      if (!this.watching) return null;
      this.open.add(lane);
      const { status } = await this.exchange(lane);
      return options.statuses.has(status) ? null : `status ${status}`;
    } catch (error) {
      return reasonText(refusalFor(error));
    } finally {
      if (lane !== null) this.open.delete(lane);
      lane?.close();
    }
  }

  private exchange(lane: Lane): Promise<UpstreamAnswer> {
    const { options, now } = this.ports;
    return new Promise((resolve, reject) => {
      const dispatch = new Dispatch(checkRequest(options.path), resolve, reject);
      const attempt = new Attempt(
        dispatch,
        lane,
        {
          headed: () => {},
          answered: (_attempt, answer) => finish(() => resolve(answer)),
          failed: (_attempt, refusal) => finish(() => reject(refusal)),
        },
        now,
      );
      const late = setTimeout(
        () => attempt.stop(new Refusal('FORWARD_LATE', { reason: 'health check' })),
        options.timeout_ms,
      );
      const finish = (tell: () => void): void => {
        clearTimeout(late);
        tell();
      };
      lane.send(attempt);
    });
  }
}

function checkRequest(path: string): UpstreamRequest {
  return {
    method: 'GET',
    path,
    party: '',
    headers: ['accept', '*/*', 'user-agent', 'sallyport-health-check'],
    body: null,
    max_response_bytes: MAX_ANSWER_BYTES,
    deadline_ms: Number.POSITIVE_INFINITY,
    safe_to_retry: true,
  };
}
