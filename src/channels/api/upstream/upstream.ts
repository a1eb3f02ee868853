import { Refusal } from '../../../core/errors/refusal.ts';
import { FairShare } from '../../../core/limits/index.ts';
import { type AddressEntry, createAddressSet } from '../../../core/resolver/index.ts';
import type { AnswerStream } from './answer-stream.ts';
import type { Attempt } from './attempt.ts';
import { Breaker } from './breaker.ts';
import { Checks } from './checks.ts';
import { Connections, DEFAULT_CONNECTIONS } from './connections.ts';
import { createDirectory } from './directory.ts';
import { Dispatch } from './dispatch.ts';
import { BLAMES_ADDRESS, findingOf, isServerError, RETRYABLE, reasonText, refusalFor, unrepeated } from './failure.ts';
import type { LanesObserver } from './lanes.ts';
import type { Upstream, UpstreamAnswer, UpstreamHealth, UpstreamOptions, UpstreamRequest } from './options.ts';
import { tlsClientFor } from './proof.ts';
import { RetryBudget } from './retry-budget.ts';
import { createSweep } from './sweep.ts';
import { addressTransition } from './transitions.ts';

export type {
  BodySource,
  Upstream,
  UpstreamAnswer,
  UpstreamHealth,
  UpstreamOptions,
  UpstreamRequest,
} from './options.ts';

/**
 * The HTTP/1.1 client for one upstream: all its addresses, their connections, and retries as far as they
 * are safe.
 *
 * @throws LoadError CONFIG_VALUE for `http:` outside literal loopback, CERT_UNREADABLE for a bad CA bundle.
 */
export function createUpstream(options: UpstreamOptions): Upstream {
  return new UpstreamClient(options);
}

class UpstreamClient implements Upstream, LanesObserver {
  readonly streams: FairShare;
  private readonly options: UpstreamOptions;
  private readonly set;
  private readonly directory;
  private readonly connections;
  private readonly sweep;
  private readonly budget;
  private readonly breaker;
  private readonly checks: Checks | null;
  private closed = false;
  private onDrained: (() => void) | null = null;

  constructor(options: UpstreamOptions) {
    const { name, ejection, checks, locality, now, random, onHealth } = options;
    this.options = options;
    this.streams = new FairShare(() => this.places());
    this.connections = new Connections(options, tlsClientFor(options), this);
    this.set = createAddressSet({
      ejection,
      checks,
      locality,
      now,
      random,
      onChange: (change) => onHealth(addressTransition(name, change)),
    });
    this.directory = createDirectory({
      endpoints: options.endpoints,
      timeout_ms: options.timeouts.connect_ms,
      dialler: options.dialler,
      now,
      set: this.set,
      onChange: () => this.connections.retire(),
    });
    this.sweep = createSweep(options.timeouts, now, (dispatch, refusal, for_good) =>
      this.stop(dispatch, refusal, for_good),
    );
    this.budget = new RetryBudget(options.retry_budget);
    this.breaker = new Breaker(options.breaker, now, (change) => onHealth({ upstream: name, ...change }));
    this.checks = checks && this.checksOf(checks);
  }

  request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      const dispatch = new Dispatch(request, resolve, reject);
      if (this.closed) return dispatch.fail(new Refusal('ADMIT_DRAINING'));
      const entered = this.breaker.enter(request.party);
      if (entered === null) return dispatch.fail(this.refusal(request.party) ?? new Refusal('FORWARD_OPEN'));
      dispatch.entered = entered;
      this.budget.requested(this.options.now());
      this.sweep.add(dispatch);
      request.onGone?.(() => {
        if (!dispatch.settled) this.stop(dispatch, new Refusal('CLIENT_GONE'), true);
      });
      if (dispatch.settled) return;
      const resolution = this.directory.refresh();
      if (resolution === null) this.place(dispatch);
      else resolution.then(() => this.place(dispatch)).catch((error) => this.settle(dispatch, refusalFor(error)));
    });
  }

  refusal(party: string): Refusal | null {
    const retry_after_s = this.breaker.refusesFor_s(party);
    return retry_after_s === null ? null : new Refusal('FORWARD_OPEN', { retry_after_s });
  }

  watch(): void {
    if (!this.closed) this.checks?.start();
  }

  unwatch(): void {
    this.checks?.stop();
  }

  health(): UpstreamHealth {
    return {
      addresses: this.set.health(),
      ...this.connections.counts,
      breaker: this.breaker.state,
      retries_left: this.budget.left(this.options.now()),
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.unwatch();
    this.connections.closeIdle();
    if (this.sweep.size > 0) await new Promise<void>((resolve) => (this.onDrained = resolve));
    await this.connections.close();
  }

  // LanesObserver

  headed({ dispatch }: Attempt, answer: UpstreamAnswer): void {
    dispatch.begin(answer);
  }

  answered(attempt: Attempt, answer: UpstreamAnswer): void {
    const { dispatch, lane } = attempt;
    const entry = dispatch.entry as AddressEntry;
    dispatch.attempt = null;
    this.set.succeeded(entry, isServerError(answer.status));
    this.connections.to(entry).release(lane);
    this.settle(dispatch, answer);
  }

  failed(attempt: Attempt, refusal: Refusal): void {
    const { dispatch, lane, written, answering, stream } = attempt;
    dispatch.attempt = null;
    lane.close();
    // An idle connection the upstream closed just now says nothing about the address or the request.
    const stale = lane.reused && !answering && refusal.code === 'FORWARD_BROKEN';
    this.letGo(dispatch, refusal, !stale);
    if (answering || (written && !dispatch.request.safe_to_retry)) this.settle(dispatch, refusal, stream);
    else this.again(dispatch, refusal, { stale, written });
  }

  unsent(dispatch: Dispatch, refusal: Refusal, blames_address: boolean): void {
    this.letGo(dispatch, refusal, blames_address);
    this.again(dispatch, refusal, { stale: false, written: false });
  }

  // The way of a request

  private place(dispatch: Dispatch): void {
    if (dispatch.settled) return;
    const careful = !dispatch.request.safe_to_retry;
    const entry = this.set.pick(dispatch.tried, careful) ?? this.set.pick([], careful);
    if (entry === null) return this.settle(dispatch, new Refusal('FORWARD_NAME', { reason: 'no address' }));
    dispatch.entry = entry;
    dispatch.attempts++;
    dispatch.counted_attempts++;
    this.connections.to(entry).enqueue(dispatch);
  }

  /** Another attempt, if there is one left and it may do better; else the refusal stands. */
  private again(dispatch: Dispatch, refusal: Refusal, last: { stale: boolean; written: boolean }): void {
    const { request } = dispatch;
    const free = last.stale && !dispatch.fresh_only;
    if (free) {
      dispatch.counted_attempts--;
      dispatch.fresh_only = true;
    } else {
      dispatch.tried.push(this.lastEntry(dispatch));
    }
    const now_ms = this.options.now();
    const left = dispatch.counted_attempts <= this.options.retries && now_ms < request.deadline_ms;
    if (!left || dispatch.given_up || !RETRYABLE.has(refusal.code)) return this.settle(dispatch, refusal);
    // The one repetition after a stale connection is due to a connection that has worked, so there are never many.
    if (free) this.budget.spend(now_ms);
    else if (last.written && !this.budget.take(now_ms)) return this.settle(dispatch, unrepeated(refusal));
    this.place(dispatch);
  }

  /** Ends the attempt under way, or the wait for one. */
  private stop(dispatch: Dispatch, refusal: Refusal, for_good: boolean): void {
    if (for_good) dispatch.given_up = true;
    if (dispatch.attempt !== null) {
      dispatch.attempt.stop(refusal);
      return;
    }
    const { entry } = dispatch;
    if (entry !== null && this.connections.to(entry).withdraw(dispatch)) this.letGo(dispatch, refusal, false);
    this.settle(dispatch, refusal);
  }

  private letGo(dispatch: Dispatch, refusal: Refusal, may_blame: boolean): void {
    const entry = this.lastEntry(dispatch);
    const blames = may_blame && !dispatch.given_up && BLAMES_ADDRESS.has(refusal.code);
    if (blames) this.set.failed(entry, reasonText(refusal));
    else this.set.released(entry);
  }

  private settle(dispatch: Dispatch, outcome: UpstreamAnswer | Refusal, stream: AnswerStream | null = null): void {
    if (dispatch.settled) return;
    this.sweep.remove(dispatch);
    const finding = dispatch.given_up ? 'nothing' : findingOf(outcome);
    this.breaker.ended(dispatch.request.party, dispatch.entered, finding);
    if (outcome instanceof Refusal) dispatch.fail(outcome, stream);
    else dispatch.succeed(outcome);
    if (this.onDrained !== null && this.sweep.size === 0) this.onDrained();
  }

  /** Connections there may be to the addresses in use; those of one before any is known. */
  private places(): number {
    const used = this.set.health().filter(({ state }) => state !== 'ejected' && state !== 'failing').length;
    return Math.max(1, used) * (this.options.connections ?? DEFAULT_CONNECTIONS);
  }

  private lastEntry(dispatch: Dispatch): AddressEntry {
    if (dispatch.entry === null) throw new Error('the request was never given to an address');
    return dispatch.entry;
  }

  private checksOf(options: NonNullable<UpstreamOptions['checks']>): Checks {
    const { now, random } = this.options;
    return new Checks({
      options,
      lane: this.connections.lane_options,
      set: this.set,
      refresh: () => this.directory.refresh(),
      dial: (entry, timeout_ms) => this.connections.dial(entry, timeout_ms),
      now,
      random,
    });
  }
}
