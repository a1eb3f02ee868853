import { Refusal } from '../../../core/errors/refusal.ts';
import type { AddressEntry } from '../../../core/resolver/address-entry.ts';
import type { Dialled } from '../../../core/resolver/dialler.ts';
import { Attempt, type AttemptObserver } from './attempt.ts';
import type { Dispatch } from './dispatch.ts';
import { refusalFor } from './failure.ts';
import { Lane, type LaneOptions } from './lane.ts';

export interface LanesOptions extends LaneOptions {
  readonly connections: number;
  readonly queue: number;
  readonly dial: (entry: AddressEntry) => Promise<Dialled>;
  readonly now: () => number;
}

/** Who is told about attempts, and about requests that never got a connection. */
export interface LanesObserver extends AttemptObserver {
  /** `blames_address` is false for those that only waited behind the one whose dial failed. */
  unsent(dispatch: Dispatch, refusal: Refusal, blames_address: boolean): void;
}

/**
 * A request that must not be sent twice uses only a connection that was in use this recently: an older one
 * might be closed by the upstream at the very moment of writing.
 */
const UNSAFE_IDLE_MAX_MS = 2_000;

/** The connections to one address and the requests that wait for one. */
export class Lanes {
  readonly entry: AddressEntry;
  private readonly options: LanesOptions;
  private readonly observer: LanesObserver;
  private readonly all = new Set<Lane>();
  /** Most recently used last, and taken first: the least likely to be closed by the upstream. */
  private idle: Lane[] = [];
  private readonly waiting = new Set<Dispatch>();
  private dialling = 0;
  private closing: (() => void) | null = null;

  constructor(entry: AddressEntry, options: LanesOptions, observer: LanesObserver) {
    this.entry = entry;
    this.options = options;
    this.observer = observer;
  }

  get counts(): { connections: number; idle: number; waiting: number } {
    return { connections: this.all.size, idle: this.idle.length, waiting: this.waiting.size };
  }

  get empty(): boolean {
    return this.all.size === 0 && this.dialling === 0 && this.waiting.size === 0;
  }

  /** Sends the request on a free connection, or queues it and opens one. */
  enqueue(dispatch: Dispatch): void {
    const lane = this.takeIdle(dispatch);
    if (lane !== null) {
      this.send(lane, dispatch);
      return;
    }
    // Those a new connection will serve do not count as waiting behind others.
    const openable = this.options.connections - this.all.size;
    if (this.waiting.size >= this.options.queue + openable) {
      this.observer.unsent(dispatch, new Refusal('FORWARD_BUSY', { retry_after_s: 1 }), false);
      return;
    }
    this.waiting.add(dispatch);
    this.dialAsNeeded();
  }

  /** Takes a request out of the queue; false if it is not there. */
  withdraw(dispatch: Dispatch): boolean {
    return this.waiting.delete(dispatch);
  }

  /** The attempt on this lane is over: the lane serves the next request, waits, or is closed. */
  release(lane: Lane): void {
    if (!lane.open || !lane.drained || !this.entry.listed) {
      lane.close();
      return;
    }
    lane.park(this.options.now());
    this.idle.push(lane);
    if (this.waiting.size > 0) this.pump();
    else if (this.closing !== null) this.closeIdle();
  }

  /** Closes what is unused, now and whenever something becomes unused; resolves when all is closed. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.closing = resolve;
      this.closeIdle();
      this.finishClosing();
    });
  }

  closeIdle(): void {
    for (const lane of this.idle.splice(0)) lane.close();
  }

  private pump(): void {
    for (const dispatch of this.waiting) {
      if (this.idle.length === 0) break;
      const lane = this.takeIdle(dispatch);
      if (lane === null) continue;
      this.waiting.delete(dispatch);
      this.send(lane, dispatch);
    }
    this.dialAsNeeded();
  }

  private takeIdle(dispatch: Dispatch): Lane | null {
    while (!dispatch.fresh_only && this.idle.length > 0) {
      const lane = this.idle[this.idle.length - 1] as Lane;
      const idle_ms = this.options.now() - lane.idle_since_ms;
      if (!dispatch.request.safe_to_retry && idle_ms > UNSAFE_IDLE_MAX_MS) return null;
      this.idle.pop();
      if (lane.open) return lane;
      lane.close();
    }
    return null;
  }

  private dialAsNeeded(): void {
    while (this.dialling < this.waiting.size) {
      if (this.all.size + this.dialling >= this.options.connections && !this.closeOldestIdle()) return;
      this.dialling++;
      this.options.dial(this.entry).then(
        (dialled) => this.dialled(dialled),
        (error: unknown) => this.dialFailed(refusalFor(error)),
      );
    }
  }

  /** Makes room for a new connection when those that are free will not do for who waits. */
  private closeOldestIdle(): boolean {
    const lane = this.idle.shift();
    if (lane === undefined) return false;
    this.all.delete(lane);
    lane.close();
    return true;
  }

  private dialled(dialled: Dialled): void {
    if (dialled.socket.destroyed) {
      this.dialFailed(new Refusal('FORWARD_UNREACHABLE', { reason: 'closed right after the handshake' }));
      return;
    }
    this.dialling--;
    const lane = new Lane(dialled, this.options, (closed) => this.closed(closed));
    this.all.add(lane);
    const dispatch = this.firstWaiting();
    if (dispatch === undefined) {
      this.release(lane);
      return;
    }
    this.waiting.delete(dispatch);
    this.send(lane, dispatch);
  }

  /** Who needs a connection that was just opened comes before who would take any. */
  private firstWaiting(): Dispatch | undefined {
    let first: Dispatch | undefined;
    for (const dispatch of this.waiting) {
      if (dispatch.fresh_only) return dispatch;
      first ??= dispatch;
    }
    return first;
  }

  /** With no connection left nobody waits on: each may still reach another address. */
  private dialFailed(refusal: Refusal): void {
    this.dialling--;
    const failed = this.all.size + this.dialling === 0 ? [...this.waiting] : [...this.waiting].slice(0, 1);
    for (const dispatch of failed) this.waiting.delete(dispatch);
    failed.forEach((dispatch, index) => {
      this.observer.unsent(dispatch, refusal, index === 0);
    });
    this.finishClosing();
  }

  private closed(lane: Lane): void {
    this.all.delete(lane);
    const position = this.idle.indexOf(lane);
    if (position >= 0) this.idle.splice(position, 1);
    if (this.waiting.size > 0) this.dialAsNeeded();
    this.finishClosing();
  }

  private send(lane: Lane, dispatch: Dispatch): void {
    const attempt = new Attempt(dispatch, lane, this.observer, this.options.now);
    dispatch.attempt = attempt;
    lane.send(attempt);
  }

  private finishClosing(): void {
    if (this.closing !== null && this.empty) this.closing();
  }
}
