import type { AddressSet } from '../../../core/resolver/addresses.ts';
import type { Dialler } from '../../../core/resolver/dialler.ts';

/** After a refresh failed while addresses are known: how long these are used before the next one. */
const RETRY_MS = 5_000;

export interface DirectoryOptions {
  readonly host: string;
  readonly timeout_ms: number;
  readonly dialler: Dialler;
  readonly now: () => number;
  readonly set: AddressSet;
  readonly onChange: () => void;
}

/**
 * Keeps an address set in step with its name. Only the first resolution is waited for; later ones run
 * beside the traffic, and one that fails leaves the known addresses in use: the name service being down
 * does not take a working upstream down.
 */
export interface Directory {
  /** @returns null when addresses are known, else a promise that rejects with a DialError. */
  refresh(): Promise<void> | null;
}

export function createDirectory(options: DirectoryOptions): Directory {
  const { host, timeout_ms, dialler, now, set, onChange } = options;
  let next_ms = 0;
  let under_way: Promise<void> | null = null;

  async function resolve(): Promise<void> {
    try {
      const { addresses, valid_until_ms } = await dialler.resolve(host, timeout_ms);
      set.merge(addresses);
      next_ms = valid_until_ms;
      onChange();
    } catch (error) {
      next_ms = set.size > 0 ? now() + RETRY_MS : 0;
      throw error;
    } finally {
      under_way = null;
    }
  }

  return {
    refresh() {
      if (set.size > 0 && now() < next_ms) return null;
      if (under_way === null) {
        under_way = resolve();
        // Whoever has addresses does not wait for it, so a failure may have no other listener.
        under_way.catch(() => {});
      }
      return set.size > 0 ? null : under_way;
    },
  };
}
