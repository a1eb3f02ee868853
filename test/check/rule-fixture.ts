import type { PolicySettings } from '../../src/check/policy.ts';
import type { TlsEvidence } from '../../src/check/tls/evidence.ts';

/** Evidence by what a rule is to make of it. Every rule could not tell of an end that said nothing, and has no case here for that. */
export interface RuleFixture {
  /** Of a policy, beside those of the default one. */
  readonly settings?: PolicySettings;
  readonly good: readonly TlsEvidence[];
  readonly bad: readonly TlsEvidence[];
  /** What the rule is not about. */
  readonly none: readonly TlsEvidence[];
  /** Evidence that is not whole, or not there. */
  readonly unknown: readonly TlsEvidence[];
}
