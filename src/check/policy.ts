import type { TlsRuleId } from './registry.ts';

/** What a violation of a rule counts as. */
export type Level = 'fail' | 'warn';

/** Names that a policy allows, and those it allows for a time. Every other is a violation. */
export interface Listed {
  readonly allowed: readonly string[];
  /** A warning, whatever the level of the rule. */
  readonly phased_out: readonly string[];
}

/** What a policy asks of the certificate of an endpoint. */
export interface CertificateSettings {
  /** `rsa`, `ed25519`, or the curve by the registered name of its group. */
  readonly keys: readonly string[];
  readonly min_rsa_bits: number;
  /** Fewer bits than that are phased out. */
  readonly lasting_rsa_bits: number;
  /** As reports name them: `RSA with SHA-256`. */
  readonly signatures: readonly string[];
  /** From the first day to the last; null for no bound. */
  readonly max_days: number | null;
}

/**
 * Bounds and lists that rules ask a policy for. What a policy says nothing about is left out, and a rule that needs it is
 * not applicable: a policy cannot name what came after it.
 */
export interface PolicySettings {
  /** Bits of a finite-field Diffie-Hellman group, at least. */
  readonly min_dh_bits?: number;
  /** Bits of the RSA keys of a chain, at least; 2,048 where it is left out. */
  readonly min_rsa_bits?: number;
  /** Protocol versions by their names, such as `TLS 1.2`. */
  readonly versions?: Listed;
  /** Cipher suites by the names of IANA's registry. */
  readonly cipher_suites?: Listed;
  /** Groups by the names of IANA's registry. */
  readonly groups?: Listed;
  readonly certificate?: CertificateSettings;
  /** Seconds that Strict-Transport-Security lasts, at least; six months where it is left out. */
  readonly hsts_min_age_s?: number;
}

/**
 * Which rules count, and how much. A policy stays as it is in the first release that has it, so that an endpoint is judged
 * tomorrow as it was today; what is judged otherwise has another name.
 */
export interface Policy {
  readonly id: string;
  readonly title: string;
  /** A rule that is not named is not judged. */
  readonly tls: Readonly<Partial<Record<TlsRuleId, Level>>>;
  readonly settings: PolicySettings;
}
