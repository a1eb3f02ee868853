import type { ServerFlight } from '../../protocol/tls/server-flight.ts';
import type { Answer } from './ask.ts';
import { type Enumerated, type EnumerateOptions, enumerate } from './enumerate.ts';

type AskGroups = EnumerateOptions['ask'];

interface GroupOptions extends Omit<EnumerateOptions, 'chosenOf'> {
  /** The server has no key but an ECDSA one to sign with. */
  readonly signs_with_ecdsa: boolean;
}

/** Finds every group a server comes to a secret with, of those offered. */
export function enumerateGroups({ signs_with_ecdsa, ask, ...rest }: GroupOptions): Promise<Enumerated> {
  return enumerate({ ...rest, ask: signs_with_ecdsa ? keepingItsCurve(ask) : ask, chosenOf: groupOf });
}

function groupOf({ server_hello, key_exchange }: ServerFlight): number | null {
  if (key_exchange?.kind === 'ecdhe') return key_exchange.group;
  return server_hello?.group ?? null;
}

/**
 * Before TLS 1.3 the groups of a hello are also the curves its client takes in certificates (RFC 8422 section 5.1), so a server refuses
 * where the curve of its own is no longer offered, whatever else it has. Where it refuses once a group is dropped, that one is offered
 * again behind the rest: if it then comes to one of the rest, it is the curve, and is offered from then on. Where it comes to
 * nothing but its curve, its refusal stands; where that is not answered, nobody knows.
 */
function keepingItsCurve(ask: AskGroups): AskGroups {
  let before: readonly number[] = [];
  let kept: { readonly curve: number; readonly refusal: Answer } | null = null;
  return async (left) => {
    const dropped = before.find((group) => !left.includes(group));
    before = left;
    const refusal: Answer = kept?.refusal ?? (await ask(left));
    const curve = kept?.curve ?? dropped;
    if (curve === undefined || refusal.outcome === 'hello') return refusal;
    const answer = await ask([...left, curve]);
    if (!SAYS_SOMETHING.has(answer.outcome)) return answer;
    const chosen = groupOf(answer.flight);
    if (chosen === null || !left.includes(chosen)) return refusal;
    kept = { curve, refusal };
    return answer;
  };
}

/** A server that hangs up says no. */
const SAYS_SOMETHING: ReadonlySet<Answer['outcome']> = new Set(['hello', 'alert', 'closed']);
