import type { AddressSet, Dialler, Endpoint } from '../../../core/resolver/index.ts';

/** After a refresh failed while addresses are known: how long these are used before the next one. */
const RETRY_MS = 5_000;

export interface DirectoryOptions {
  readonly endpoints: readonly Endpoint[];
  readonly timeout_ms: number;
  readonly dialler: Dialler;
  readonly now: () => number;
  readonly set: AddressSet;
  readonly onChange: () => void;
}

/**
 * Keeps an address set in step with its names. Only the first resolution is waited for; later ones run
 * beside the traffic, and one that fails leaves the known addresses in use: the name service being down
 * does not take a working upstream down.
 */
export interface Directory {
  /** @returns null when addresses are known, else a promise that rejects with a DialError. */
  refresh(): Promise<void> | null;
}

export function createDirectory(options: DirectoryOptions): Directory {
  const { now, set } = options;
  const names = options.endpoints.map((endpoint) => new Name(endpoint, options));

  return {
    refresh() {
      const now_ms = now();
      for (const name of names) name.refresh(now_ms);
      return set.size > 0 ? null : firstOf(names);
    },
  };
}

/** One of several names is enough to begin with; where none can be resolved, the first one's failure tells. */
async function firstOf(names: readonly Name[]): Promise<void> {
  try {
    await Promise.any(names.flatMap(({ under_way }) => under_way ?? []));
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

class Name {
  under_way: Promise<void> | null = null;
  private readonly endpoint: Endpoint;
  private readonly options: DirectoryOptions;
  private next_ms = 0;
  private resolved = false;

  constructor(endpoint: Endpoint, options: DirectoryOptions) {
    this.endpoint = endpoint;
    this.options = options;
  }

  refresh(now_ms: number): void {
    if (this.under_way !== null || (this.next_ms > 0 && now_ms < this.next_ms)) return;
    this.under_way = this.resolve();
    // Whoever has addresses does not wait for it, so a failure may have no other listener.
    this.under_way.catch(() => {});
  }

  private async resolve(): Promise<void> {
    const { dialler, timeout_ms, set, now, onChange } = this.options;
    try {
      const { addresses, valid_until_ms } = await dialler.resolve(this.endpoint.host, timeout_ms);
      set.merge(this.endpoint, addresses);
      this.next_ms = valid_until_ms;
      this.resolved = true;
      onChange();
    } catch (error) {
      this.next_ms = this.resolved || set.size > 0 ? now() + RETRY_MS : 0;
      throw error;
    } finally {
      this.under_way = null;
    }
  }
}
