import { LoadError } from '../../../core/errors/faults.ts';
import { Refusal } from '../../../core/errors/refusal.ts';
import { FairShare } from '../../../core/limits/index.ts';
import { type AddressEntry, createAddressSet } from '../../../core/resolver/addresses.ts';
import type { Dialled } from '../../../core/resolver/dialler.ts';
import { isLoopbackLiteral } from '../../../core/resolver/literals.ts';
import { createTlsClient, type TlsClient } from '../../../core/resolver/tls-client.ts';
import type { AnswerStream } from './answer-stream.ts';
import type { Attempt } from './attempt.ts';
import { createDirectory } from './directory.ts';
import { Dispatch } from './dispatch.ts';
import { BLAMES_ADDRESS, RETRYABLE, refusalFor } from './failure.ts';
import { Lanes, type LanesObserver } from './lanes.ts';
import type { Upstream, UpstreamAnswer, UpstreamOptions, UpstreamRequest } from './options.ts';
import { createSweep } from './sweep.ts';

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

const DEFAULT_CONNECTIONS = 64;

class UpstreamClient implements Upstream, LanesObserver {
  readonly streams: FairShare;
  private readonly options: UpstreamOptions;
  private readonly tls: TlsClient | null;
  private readonly set;
  private readonly directory;
  private readonly sweep;
  private readonly lanes = new Map<AddressEntry, Lanes>();
  private closed = false;
  private onDrained: (() => void) | null = null;

  constructor(options: UpstreamOptions) {
    this.options = options;
    this.tls = tlsClientFor(options);
    this.set = createAddressSet(options);
    this.streams = new FairShare(() => this.places());
    this.directory = createDirectory({
      host: options.url.hostname,
      timeout_ms: options.timeouts.connect_ms,
      dialler: options.dialler,
      now: options.now,
      set: this.set,
      onChange: () => this.retireLanes(),
    });
    this.sweep = createSweep(options.timeouts, options.now, (dispatch, refusal, for_good) =>
      this.stop(dispatch, refusal, for_good),
    );
  }

  request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      const dispatch = new Dispatch(request, resolve, reject);
      if (this.closed) return dispatch.fail(new Refusal('ADMIT_DRAINING'));
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

  health() {
    const sum = { connections: 0, idle: 0, waiting: 0 };
    for (const lanes of this.lanes.values()) {
      const counts = lanes.counts;
      sum.connections += counts.connections;
      sum.idle += counts.idle;
      sum.waiting += counts.waiting;
    }
    return { addresses: this.set.health(), ...sum };
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const lanes of this.lanes.values()) lanes.closeIdle();
    if (this.sweep.size > 0) await new Promise<void>((resolve) => (this.onDrained = resolve));
    await Promise.all([...this.lanes.values()].map((lanes) => lanes.close()));
  }

  // LanesObserver

  headed({ dispatch }: Attempt, answer: UpstreamAnswer): void {
    dispatch.begin(answer);
  }

  answered(attempt: Attempt, answer: UpstreamAnswer): void {
    const { dispatch, lane } = attempt;
    const entry = dispatch.entry as AddressEntry;
    dispatch.attempt = null;
    this.set.succeeded(entry);
    this.lanesOf(entry).release(lane);
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
    else this.again(dispatch, refusal, stale);
  }

  unsent(dispatch: Dispatch, refusal: Refusal, blames_address: boolean): void {
    this.letGo(dispatch, refusal, blames_address);
    this.again(dispatch, refusal, false);
  }

  // The way of a request

  private place(dispatch: Dispatch): void {
    if (dispatch.settled) return;
    const entry = this.set.pick(dispatch.tried) ?? this.set.pick([]);
    if (entry === null) return this.settle(dispatch, new Refusal('FORWARD_NAME', { reason: 'no address' }));
    dispatch.entry = entry;
    dispatch.attempts++;
    dispatch.counted_attempts++;
    this.lanesOf(entry).enqueue(dispatch);
  }

  /** Another attempt, if there is one left and it may do better; else the refusal stands. */
  private again(dispatch: Dispatch, refusal: Refusal, stale: boolean): void {
    const { request } = dispatch;
    if (stale && !dispatch.fresh_only) {
      dispatch.counted_attempts--;
      dispatch.fresh_only = true;
    } else {
      dispatch.tried.push(this.lastEntry(dispatch));
    }
    const left = dispatch.counted_attempts <= this.options.retries && this.options.now() < request.deadline_ms;
    if (left && !dispatch.given_up && RETRYABLE.has(refusal.code)) this.place(dispatch);
    else this.settle(dispatch, refusal);
  }

  /** Ends the attempt under way, or the wait for one. */
  private stop(dispatch: Dispatch, refusal: Refusal, for_good: boolean): void {
    if (for_good) dispatch.given_up = true;
    if (dispatch.attempt !== null) {
      dispatch.attempt.stop(refusal);
      return;
    }
    const { entry } = dispatch;
    if (entry !== null && this.lanesOf(entry).withdraw(dispatch)) this.letGo(dispatch, refusal, false);
    this.settle(dispatch, refusal);
  }

  private letGo(dispatch: Dispatch, refusal: Refusal, may_blame: boolean): void {
    const entry = this.lastEntry(dispatch);
    if (may_blame && !dispatch.given_up && BLAMES_ADDRESS.has(refusal.code)) this.set.failed(entry);
    else this.set.released(entry);
  }

  private settle(dispatch: Dispatch, outcome: UpstreamAnswer | Refusal, stream: AnswerStream | null = null): void {
    if (dispatch.settled) return;
    this.sweep.remove(dispatch);
    if (outcome instanceof Refusal) dispatch.fail(outcome, stream);
    else dispatch.succeed(outcome);
    if (this.onDrained !== null && this.sweep.size === 0) this.onDrained();
  }

  /** Connections there may be to the addresses in use; those of one before any is known. */
  private places(): number {
    const used = this.set.health().filter(({ state }) => state !== 'ejected').length;
    return Math.max(1, used) * (this.options.connections ?? DEFAULT_CONNECTIONS);
  }

  private lastEntry(dispatch: Dispatch): AddressEntry {
    if (dispatch.entry === null) throw new Error('the request was never given to an address');
    return dispatch.entry;
  }

  // Connections

  private lanesOf(entry: AddressEntry): Lanes {
    let lanes = this.lanes.get(entry);
    if (lanes === undefined) {
      const {
        url,
        keep_alive_ms,
        max_header_bytes,
        now,
        connections = DEFAULT_CONNECTIONS,
        queue = 256,
      } = this.options;
      const dial = (to: AddressEntry) => this.dial(to);
      const laneOptions = { origin: url.origin, keep_alive_ms, max_header_bytes, connections, queue, dial, now };
      lanes = new Lanes(entry, laneOptions, this);
      this.lanes.set(entry, lanes);
    }
    return lanes;
  }

  private dial(address: AddressEntry): Promise<Dialled> {
    const { url, timeouts, dialler } = this.options;
    const each = timeouts.connect_ms;
    return dialler.dial({
      host: url.hostname,
      port: portOf(url),
      tls: this.tls,
      address,
      timeouts: { resolve_ms: each, connect_ms: each, handshake_ms: each },
    });
  }

  /** The name no longer points to some addresses: their unused connections go now, the others when free. */
  private retireLanes(): void {
    for (const [entry, lanes] of this.lanes) {
      if (entry.listed) continue;
      lanes.closeIdle();
      if (lanes.empty) this.lanes.delete(entry);
    }
  }
}

function tlsClientFor({ name, url, ca, server_name, tls_profile }: UpstreamOptions): TlsClient | null {
  if (url.protocol === 'https:') {
    const profile = tls_profile === undefined ? {} : { profile: tls_profile };
    return createTlsClient({ server_name: server_name ?? bareHost(url), ca, ...profile });
  }
  if (url.protocol === 'http:' && isLoopbackLiteral(url.hostname)) return null;
  throw new LoadError([
    {
      code: 'CONFIG_VALUE',
      key: `apis.${name}.upstream.url`,
      message: `${url.origin} would be reached in clear`,
      suggestion: 'Use https:, or http: with a literal loopback address (127.0.0.0/8 or [::1]).',
    },
  ]);
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
