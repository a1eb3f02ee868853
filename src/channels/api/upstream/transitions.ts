import type { AddressChange, EjectionCause } from '../../../core/resolver/index.ts';
import type { BreakerChange } from './breaker.ts';

/** What befell an upstream, for notices, records and counters. Holds nothing an upstream or a caller sent. */
export type UpstreamTransition = { readonly upstream: string } & (
  | {
      readonly change: 'address-ejected';
      readonly address: string;
      readonly port: number;
      readonly cause: EjectionCause | 'checks';
      /** A code and our own words. */
      readonly reason: string;
      /** Null: until its checks pass again. */
      readonly for_ms: number | null;
    }
  | { readonly change: 'address-returned'; readonly address: string; readonly port: number }
  | { readonly change: 'all-addresses-out' }
  | { readonly change: 'address-in-use-again' }
  | BreakerChange
);

export function addressTransition(upstream: string, change: AddressChange): UpstreamTransition {
  switch (change.change) {
    case 'ejected': {
      const { entry, cause, reason, for_ms } = change;
      const { address, endpoint } = entry;
      return { upstream, change: 'address-ejected', address, port: endpoint.port, cause, reason, for_ms };
    }
    case 'returned': {
      const { address, endpoint } = change.entry;
      return { upstream, change: 'address-returned', address, port: endpoint.port };
    }
    case 'all-out':
      return { upstream, change: 'all-addresses-out' };
    case 'some-in-use':
      return { upstream, change: 'address-in-use-again' };
  }
}

const CAUSES = {
  failures: 'failures in a row',
  outlier: 'it fails more often than the others',
  checks: 'its health checks fail',
} as const;

/** One line for an operator; docs/upstreams.md says what to do about each. */
export function describeTransition(transition: UpstreamTransition): string {
  return `upstream ${transition.upstream}: ${sentence(transition)}`;
}

function sentence(transition: UpstreamTransition): string {
  switch (transition.change) {
    case 'address-ejected': {
      const { address, port, cause, reason, for_ms } = transition;
      const time = for_ms === null ? 'until they pass' : `for ${seconds(for_ms)}`;
      return `${shown(address)}:${port} is set aside ${time}, ${CAUSES[cause]} (${reason})`;
    }
    case 'address-returned':
      return `${shown(transition.address)}:${transition.port} is back in use`;
    case 'all-addresses-out':
      return 'no address is in use any more: all are tried, as if they were';
    case 'address-in-use-again':
      return 'an address is in use again';
    case 'breaker-opened': {
      const share = Math.round(transition.failed_share * 100);
      return `the breaker is open: ${share}% of exchanges fail, all but a few are refused for ${seconds(transition.for_ms)} at a time`;
    }
    case 'breaker-closed':
      return 'the breaker is closed: exchanges are let through again';
  }
}

/** The facts of a transition, for a record. */
export function transitionFacts(transition: UpstreamTransition): Record<string, string | number> {
  const facts: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(transition)) {
    if (value !== null) facts[key] = typeof value === 'number' ? rounded(value) : value;
  }
  return facts;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function seconds(duration_ms: number): string {
  return `${Math.max(1, Math.round(duration_ms / 1000))} s`;
}

function shown(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
