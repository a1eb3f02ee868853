import { LoadError } from '../../../core/errors/faults.ts';
import { Refusal } from '../../../core/errors/refusal.ts';
import { type AddressEntry, createAddressSet } from '../../../core/resolver/addresses.ts';
import type { Dialled } from '../../../core/resolver/dialler.ts';
import { isLoopbackLiteral } from '../../../core/resolver/literals.ts';
import { createTlsClient, type TlsClient } from '../../../core/resolver/tls-client.ts';
import type { Attempt } from './attempt.ts';
import { createDirectory } from './directory.ts';
import { Exchange } from './exchange.ts';
import { BLAMES_ADDRESS, RETRYABLE, refusalFor } from './failure.ts';
import { Lanes, type LanesObserver } from './lanes.ts';
import type { Upstream, UpstreamAnswer, UpstreamOptions, UpstreamRequest } from './options.ts';
import { createSweep } from './sweep.ts';

export type { Upstream, UpstreamAnswer, UpstreamHealth, UpstreamOptions, UpstreamRequest } from './options.ts';

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
    this.directory = createDirectory({
      host: options.url.hostname,
      timeout_ms: options.timeouts.connect_ms,
      dialler: options.dialler,
      now: options.now,
      set: this.set,
      onChange: () => this.retireLanes(),
    });
    this.sweep = createSweep(options.timeouts, options.now, (exchange, refusal, for_good) =>
      this.stop(exchange, refusal, for_good),
    );
  }

  request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(request, resolve, reject);
      if (this.closed) return exchange.fail(new Refusal('ADMIT_DRAINING'));
      this.sweep.add(exchange);
      request.onGone?.(() => {
        if (!exchange.settled) this.stop(exchange, new Refusal('CLIENT_GONE'), true);
      });
      if (exchange.settled) return;
      const resolution = this.directory.refresh();
      if (resolution === null) this.place(exchange);
      else resolution.then(() => this.place(exchange)).catch((error) => this.settle(exchange, refusalFor(error)));
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

  answered(attempt: Attempt, answer: UpstreamAnswer): void {
    const { exchange, lane } = attempt;
    const entry = exchange.entry as AddressEntry;
    exchange.attempt = null;
    this.set.succeeded(entry);
    this.lanesOf(entry).release(lane);
    this.settle(exchange, answer);
  }

  failed(attempt: Attempt, refusal: Refusal): void {
    const { exchange, lane, written, answering } = attempt;
    exchange.attempt = null;
    lane.close();
    // An idle connection the upstream closed just now says nothing about the address or the request.
    const stale = lane.reused && !answering && refusal.code === 'FORWARD_BROKEN';
    this.letGo(exchange, refusal, !stale);
    if (answering || (written && !exchange.request.safe_to_retry)) this.settle(exchange, refusal);
    else this.again(exchange, refusal, stale);
  }

  unsent(exchange: Exchange, refusal: Refusal, blames_address: boolean): void {
    this.letGo(exchange, refusal, blames_address);
    this.again(exchange, refusal, false);
  }

  // The way of a request

  private place(exchange: Exchange): void {
    if (exchange.settled) return;
    const entry = this.set.pick(exchange.tried) ?? this.set.pick([]);
    if (entry === null) return this.settle(exchange, new Refusal('FORWARD_NAME', { reason: 'no address' }));
    exchange.entry = entry;
    exchange.attempts++;
    exchange.counted_attempts++;
    this.lanesOf(entry).enqueue(exchange);
  }

  /** Another attempt, if there is one left and it may do better; else the refusal stands. */
  private again(exchange: Exchange, refusal: Refusal, stale: boolean): void {
    const { request } = exchange;
    if (stale && !exchange.fresh_only) {
      exchange.counted_attempts--;
      exchange.fresh_only = true;
    } else {
      exchange.tried.push(this.lastEntry(exchange));
    }
    const left = exchange.counted_attempts <= this.options.retries && this.options.now() < request.deadline_ms;
    if (left && !exchange.given_up && RETRYABLE.has(refusal.code)) this.place(exchange);
    else this.settle(exchange, refusal);
  }

  /** Ends the attempt under way, or the wait for one. */
  private stop(exchange: Exchange, refusal: Refusal, for_good: boolean): void {
    if (for_good) exchange.given_up = true;
    if (exchange.attempt !== null) {
      exchange.attempt.stop(refusal);
      return;
    }
    const { entry } = exchange;
    if (entry !== null && this.lanesOf(entry).withdraw(exchange)) this.letGo(exchange, refusal, false);
    this.settle(exchange, refusal);
  }

  private letGo(exchange: Exchange, refusal: Refusal, may_blame: boolean): void {
    const entry = this.lastEntry(exchange);
    if (may_blame && !exchange.given_up && BLAMES_ADDRESS.has(refusal.code)) this.set.failed(entry);
    else this.set.released(entry);
  }

  private settle(exchange: Exchange, outcome: UpstreamAnswer | Refusal): void {
    if (exchange.settled) return;
    this.sweep.remove(exchange);
    if (outcome instanceof Refusal) exchange.fail(outcome);
    else exchange.succeed(outcome);
    if (this.onDrained !== null && this.sweep.size === 0) this.onDrained();
  }

  private lastEntry(exchange: Exchange): AddressEntry {
    if (exchange.entry === null) throw new Error('the request was never given to an address');
    return exchange.entry;
  }

  // Connections

  private lanesOf(entry: AddressEntry): Lanes {
    let lanes = this.lanes.get(entry);
    if (lanes === undefined) {
      const { url, keep_alive_ms, max_header_bytes, now, connections = 64, queue = 256 } = this.options;
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
