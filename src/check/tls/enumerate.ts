import { alertName } from '../../protocol/tls/alerts.ts';
import type { ServerFlight } from '../../protocol/tls/server-flight.ts';
import { versionName } from '../../protocol/tls/versions.ts';
import type { Answer } from './ask.ts';

/** How an enumeration ended. `hung-up` is a no where the server speaks TLS at all. */
export interface Enumerated {
  /** In the order they were chosen. */
  readonly values: readonly number[];
  readonly end: 'refused' | 'hung-up' | 'unknown';
  readonly reason: string;
}

export interface EnumerateOptions {
  readonly version: number;
  readonly offered: readonly number[];
  readonly ask: (left: readonly number[]) => Promise<Answer>;
  /** What a flight chose of that which was offered. */
  readonly chosenOf: (flight: ServerFlight) => number | null;
}

/** Finds everything a server takes: offers all, drops what it chooses, and offers the rest until it says no. */
export async function enumerate({ version, offered, ask, chosenOf }: EnumerateOptions): Promise<Enumerated> {
  const values: number[] = [];
  let left = offered;
  while (left.length > 0) {
    let answer = await ask(left);
    // A busy server hangs up too. One that means it does it again.
    if (answer.outcome === 'closed') answer = await ask(left);
    if (answer.outcome !== 'hello') return { values, ...endOf(answer) };
    const chosen_version = answer.flight.server_hello?.version ?? 0;
    // RFC 5246 appendix E.1: a server that knows no better answers with what it knows.
    if (chosen_version < version)
      return { values, end: 'refused', reason: `answered with ${versionName(chosen_version)}` };
    const chosen = chosenOf(answer.flight);
    const { alert } = answer.flight;
    // It chose, and then found that it cannot: OpenSSL does so with a pre-shared key and no group in common.
    if (alert !== null && chosen === null) return { values, end: 'refused', reason: alertName(alert) };
    if (chosen_version !== version || chosen === null || !left.includes(chosen)) {
      return { values, end: 'unknown', reason: 'chose what was not offered' };
    }
    if (alert === null) values.push(chosen);
    left = left.filter((value) => value !== chosen);
  }
  return { values, end: 'refused', reason: 'nothing was left to offer' };
}

const CLOSE_NOTIFY = 0;
/** About the name, and says nothing of what else was offered. */
const UNRECOGNIZED_NAME = 112;

function endOf({ outcome, reason, flight }: Answer): Pick<Enumerated, 'end' | 'reason'> {
  if (outcome === 'closed' || (outcome === 'alert' && flight.alert === CLOSE_NOTIFY)) return { end: 'hung-up', reason };
  return { end: outcome === 'alert' && flight.alert !== UNRECOGNIZED_NAME ? 'refused' : 'unknown', reason };
}
