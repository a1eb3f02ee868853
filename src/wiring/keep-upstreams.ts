import type { Upstream, UpstreamAnswer, UpstreamHealth, UpstreamRequest } from '../channels/api/upstream/upstream.ts';
import type { ApiConfig } from '../config/load.ts';
import { Refusal } from '../core/errors/index.ts';
import type { OpenUpstream } from './open-upstream.ts';

export interface UpstreamKeeper {
  /** The client of an upstream; the one that plans in force or retired use where all that matters is the same. */
  readonly open: OpenUpstream;
  /** The plan with these, opened here, is in force: they are held until each is closed, and they alone are watched. */
  inForce(upstreams: Iterable<Upstream>): void;
}

/**
 * Keeps the clients of upstreams over reloads: connections, what was learnt about addresses, budgets and breakers. One
 * whose configuration or trust bytes are other than before is another client; the old one ends with the last plan
 * that holds it. What only a plan that never came in force has opened is held by nobody.
 */
export function keepUpstreams(open: OpenUpstream): UpstreamKeeper {
  const held = new Map<string, Shared>();
  return {
    open(api, ca) {
      const key = keyOf(api, ca);
      return new KeptUpstream(held, key, () => new Shared(open(api, ca)));
    },
    inForce(upstreams) {
      const now = new Set<Shared>();
      for (const upstream of upstreams) if (upstream instanceof KeptUpstream) now.add(upstream.hold());
      for (const shared of held.values()) {
        if (now.has(shared)) shared.upstream.watch();
        else shared.upstream.unwatch();
      }
    },
  };
}

/** Everything the client is made of. Where the bundle stands, and the base path, are no part of it. */
function keyOf({ id, upstream }: ApiConfig, ca: readonly string[] | 'system'): string {
  const { url, source: _source, trust: _trust, ...rest } = upstream;
  return JSON.stringify([id, url.origin, rest, ca]);
}

class Shared {
  readonly upstream: Upstream;
  /** Plans, in force or retired, that use it. */
  holders = 0;
  closing = false;

  constructor(upstream: Upstream) {
    this.upstream = upstream;
  }

  close(): Promise<void> {
    this.closing = true;
    return this.upstream.close();
  }
}

/** What one plan knows an upstream by. */
class KeptUpstream implements Upstream {
  readonly #held: Map<string, Shared>;
  readonly #key: string;
  readonly #create: () => Shared;
  #shared: Shared;
  #state: 'opened' | 'held' | 'closed' = 'opened';

  constructor(held: Map<string, Shared>, key: string, create: () => Shared) {
    this.#held = held;
    this.#key = key;
    this.#create = create;
    this.#shared = held.get(key) ?? create();
  }

  hold(): Shared {
    if (this.#state !== 'opened') return this.#shared;
    // Between the load of this plan and now, another may have come in force, or the last holder have let go.
    const kept = this.#held.get(this.#key);
    if (kept !== undefined) this.#shared = kept;
    else if (this.#shared.closing) this.#shared = this.#create();
    this.#held.set(this.#key, this.#shared);
    this.#shared.holders++;
    this.#state = 'held';
    return this.#shared;
  }

  get streams() {
    return this.#shared.upstream.streams;
  }

  request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    if (this.#state === 'closed') return Promise.reject(new Refusal('ADMIT_DRAINING'));
    return this.#shared.upstream.request(request);
  }

  refusal(party: string): Refusal | null {
    return this.#shared.upstream.refusal(party);
  }

  watch(): void {
    this.#shared.upstream.watch();
  }

  unwatch(): void {
    this.#shared.upstream.unwatch();
  }

  health(): UpstreamHealth {
    return this.#shared.upstream.health();
  }

  /** Lets go of it; resolves when every socket is closed, where nobody else holds it. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    if (this.#state === 'held') this.#shared.holders--;
    this.#state = 'closed';
    if (this.#shared.holders > 0) return;
    if (this.#held.get(this.#key) === this.#shared) this.#held.delete(this.#key);
    await this.#shared.close();
  }
}
