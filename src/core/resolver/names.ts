import { lookup as dnsLookup } from 'node:dns/promises';
import { DialError, platformReason } from './dial-error.ts';
import { type Address, isDialable, literalAddress } from './literals.ts';

/** What a resolver knows about a name. */
export interface Resolution {
  /** At least one, without duplicates, in the order the resolver prefers. */
  readonly addresses: readonly Address[];
  /** On the clock given as `now`; after it the name is to be resolved again. `Infinity` for a literal. */
  readonly valid_until_ms: number;
  /** How the answer was proven; `none` for the system's resolver. */
  readonly evidence: { readonly source: 'literal' | 'system' | 'dnssec'; readonly proven: boolean };
}

/** Names to addresses. The system's resolver and a validating one stand behind the same interface. */
export interface NameResolver {
  /** @throws DialError FORWARD_NAME */
  resolve(host: string): Promise<Resolution>;
}

/** The system's way to look a name up: all addresses, in the order the system prefers. */
export type Lookup = (host: string) => Promise<readonly { address: string; family: number }[]>;

export interface SystemResolverOptions {
  readonly lookup: Lookup;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** How long an answer is used; the system's resolver hides the record's own TTL. Default 5,000. */
  readonly ttl_ms?: number;
  /** How long a failure is remembered, so that a storm of calls is one lookup. Default 1,000. */
  readonly failure_ttl_ms?: number;
  /** Names held at once; the oldest goes first. Default 256. */
  readonly max_names?: number;
}

interface CacheEntry {
  readonly answer: Promise<Resolution>;
  /** `Infinity` while the lookup is under way, so that callers share it. */
  expires_ms: number;
}

/** `getaddrinfo` of the system (hosts file, NSS, DNS). */
export const systemLookup: Lookup = (host) => dnsLookup(host, { all: true, order: 'verbatim' });

/** The system's resolver behind a bounded cache. Literal addresses never reach it. */
export function createSystemResolver(options: SystemResolverOptions): NameResolver {
  const { lookup, now, ttl_ms = 5_000, failure_ttl_ms = 1_000, max_names = 256 } = options;
  const cache = new Map<string, CacheEntry>();

  async function ask(host: string): Promise<Resolution> {
    const found = await lookup(host).catch((error: unknown) => {
      throw new DialError('FORWARD_NAME', platformReason(error));
    });
    const addresses = usable(found);
    if (addresses.length === 0) throw new DialError('FORWARD_NAME', 'no usable address');
    return { addresses, valid_until_ms: now() + ttl_ms, evidence: { source: 'system', proven: false } };
  }

  function remember(host: string): Promise<Resolution> {
    const entry: CacheEntry = { answer: ask(host), expires_ms: Number.POSITIVE_INFINITY };
    entry.answer.then(
      (resolution) => {
        entry.expires_ms = resolution.valid_until_ms;
      },
      () => {
        entry.expires_ms = now() + failure_ttl_ms;
      },
    );
    cache.delete(host);
    cache.set(host, entry);
    if (cache.size > max_names) cache.delete(cache.keys().next().value as string);
    return entry.answer;
  }

  return {
    resolve(host) {
      const literal = literalAddress(host);
      if (literal !== null) return Promise.resolve(literalResolution(literal));
      const name = host.toLowerCase();
      const known = cache.get(name);
      return known !== undefined && now() < known.expires_ms ? known.answer : remember(name);
    },
  };
}

function literalResolution(literal: Address): Resolution {
  return {
    addresses: [literal],
    valid_until_ms: Number.POSITIVE_INFINITY,
    evidence: { source: 'literal', proven: true },
  };
}

function usable(found: readonly { address: string }[]): Address[] {
  const unique = new Map<string, Address>();
  for (const { address } of found) {
    const literal = literalAddress(address);
    if (literal !== null && isDialable(literal)) unique.set(literal.address, literal);
  }
  return [...unique.values()];
}
