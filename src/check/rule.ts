/** What a rule is, and what it may say. */

/** Software a remedy can be written for. */
export type Software = 'nginx' | 'apache' | 'haproxy' | 'caddy' | 'postfix' | 'sallyport';

/**
 * What a rule makes of the evidence.
 *
 * - `holds`, `violated`: it is so, by what the far end itself said
 * - `tolerated`: it is not as it should be, and the policy lets it pass for a time
 * - `not-applicable`: the far end offers nothing the rule is about
 * - `unknown`: the evidence is not there, or not whole
 */
export type State = 'holds' | 'violated' | 'tolerated' | 'not-applicable' | 'unknown';

export interface Judgement {
  readonly state: State;
  /** One sentence without a final stop. */
  readonly message: string;
  /** What was seen that makes it so, such as names of cipher suites. Never words of the far end. */
  readonly facts: readonly string[];
}

export interface Source {
  readonly standard: string;
  readonly section: string;
}

/** One rule. It reads evidence and opens nothing. */
export interface Rule<Evidence, Settings> {
  /** Lower-case words joined by hyphens, behind the part they are about: `tls/old-protocols`. Never used for another rule. */
  readonly id: string;
  /** Control of the guidance, such as `TLS-2`. */
  readonly control: string;
  /** What holds where all is well, one sentence without a final stop. */
  readonly title: string;
  readonly sources: readonly Source[];
  /** When there is something to judge, one sentence without a final stop. */
  readonly applies_when: string;
  /** What a violation makes possible, one sentence without a final stop. */
  readonly why: string;
  /** What to do, one sentence without a final stop, whatever the software is. */
  readonly advice: string;
  /** Lines of configuration as they are to stand; those that do not have the setting are left out. */
  readonly remedies: Readonly<Partial<Record<Software, readonly string[]>>>;
  readonly judge: (evidence: Evidence, settings: Settings) => Judgement;
}

export function holds(message: string, facts: readonly string[] = []): Judgement {
  return { state: 'holds', message, facts };
}

export function violated(message: string, facts: readonly string[]): Judgement {
  return { state: 'violated', message, facts };
}

export function tolerated(message: string, facts: readonly string[]): Judgement {
  return { state: 'tolerated', message, facts };
}

export function notApplicable(message: string): Judgement {
  return { state: 'not-applicable', message, facts: [] };
}

export function unknown(message: string): Judgement {
  return { state: 'unknown', message, facts: [] };
}
