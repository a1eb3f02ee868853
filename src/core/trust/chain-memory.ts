import { BoundedMap } from './bounded-map.ts';
import { MAX_PRESENTED } from './path-building.ts';

/**
 * Remembers the intermediates a client sent in a full handshake. A resumed session brings the leaf alone, and the
 * same verification is to run again, against the trust store of now.
 */
export interface ChainMemory {
  /** To be called for accepted chains only, so that strangers cannot fill it. */
  remember(leaf_thumbprint: string, presented: readonly Buffer[]): void;
  /** Empty where nothing is known: the leaf then has to lead to an anchor by the store's own intermediates. */
  recall(leaf_thumbprint: string): readonly Buffer[];
}

/** @param max_leaves leaves remembered; the one used longest ago goes first */
export function createChainMemory(max_leaves: number): ChainMemory {
  const chains = new BoundedMap<string, readonly Buffer[]>(max_leaves);
  return {
    remember: (leaf_thumbprint, presented) => {
      // Copies: a certificate may be a view into a far larger receive buffer.
      if (presented.length > 0)
        chains.set(
          leaf_thumbprint,
          presented.slice(0, MAX_PRESENTED).map((der) => Buffer.from(der)),
        );
    },
    recall: (leaf_thumbprint) => chains.get(leaf_thumbprint) ?? [],
  };
}
