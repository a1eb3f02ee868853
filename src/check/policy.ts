import type { TlsRuleId } from './registry.ts';

/** What a violation of a rule counts as. */
export type Level = 'fail' | 'warn';

/** Bounds that rules ask a policy for. */
export interface PolicySettings {
  /** Bits of a finite-field Diffie-Hellman group, at least. */
  readonly min_dh_bits: number;
  /** Bits of the RSA keys of a chain, at least. */
  readonly min_rsa_bits: number;
}

/**
 * Which rules count, and how much. A policy that was released is never changed, so that an endpoint is judged
 * tomorrow as it was today; what is judged otherwise has another name.
 */
export interface Policy {
  readonly id: string;
  readonly title: string;
  /** A rule that is not named is not judged. */
  readonly tls: Readonly<Partial<Record<TlsRuleId, Level>>>;
  readonly settings: PolicySettings;
}
