import type { Listed } from '../policy.ts';
import { holds, type Judgement, notApplicable, tolerated, unknown, violated } from '../rule.ts';

export interface ListedQuestion {
  /** Names of what is accepted, each once. */
  readonly names: readonly string[];
  /** False where more may be accepted than was seen. */
  readonly complete: boolean;
  /** Undefined where the policy has none. */
  readonly list: Listed | undefined;
  /** What is judged, in the plural. */
  readonly noun: string;
}

/** Holds what was seen to the list of a policy. */
export function judgeListed({ names, complete, list, noun }: ListedQuestion): Judgement {
  if (list === undefined) return notApplicable(`the policy has no list of ${noun}`);
  const others = names.filter((name) => !list.allowed.includes(name) && !list.phased_out.includes(name));
  if (others.length > 0) return violated(`${noun} that the policy does not have are accepted`, others);
  if (!complete) return unknown(`not all ${noun} were answered`);
  const phased_out = names.filter((name) => list.phased_out.includes(name));
  if (phased_out.length > 0) return tolerated(`${noun} that the policy phases out are accepted`, phased_out);
  return holds(`all accepted ${noun} are`);
}
