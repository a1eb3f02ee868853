import { createHash } from 'node:crypto';
import type { SentChain } from './evidence.ts';

/** One for RSA, one for ECDSA, and some for the surprising. */
const MAX_CHAINS = 8;

/** Each different chain that handshakes brought, with all that came beside it. */
export class SeenChains {
  readonly #chains = new Map<string, SentChain>();

  /** What came beside a chain once belongs to it. */
  remember(chain: SentChain): void {
    if (chain.certificates.length === 0) return;
    // Each by itself: the same bytes cut elsewhere are other certificates.
    const key = chain.certificates.map((der) => createHash('sha256').update(der).digest('hex')).join();
    const known = this.#chains.get(key) ?? chain;
    if (this.#chains.size === MAX_CHAINS && !this.#chains.has(key)) return;
    const ocsp_responses = distinct([...known.ocsp_responses, ...chain.ocsp_responses]);
    const sct_list = known.sct_list ?? chain.sct_list;
    this.#chains.set(key, { ...known, ocsp_responses, sct_list, proves_key: proven(known, chain) });
  }

  all(): readonly SentChain[] {
    return [...this.#chains.values()];
  }
}

/** Versions and members of a pool may each have one of their own. */
const MAX_RESPONSES = 4;

function distinct(responses: readonly Buffer[]): readonly Buffer[] {
  const firsts = responses.filter((one, place) => place === responses.findIndex((other) => other.equals(one)));
  return firsts.slice(0, MAX_RESPONSES);
}

/** One signature that is not by the key is enough. */
function proven(one: SentChain, other: SentChain): boolean | null {
  if (one.proves_key === false || other.proves_key === false) return false;
  return one.proves_key ?? other.proves_key;
}
