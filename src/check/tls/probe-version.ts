import { cipherSuite } from '../../protocol/tls/cipher-suites.ts';
import type { ServerFlight } from '../../protocol/tls/server-flight.ts';
import { TLS_1_2, TLS_1_3 } from '../../protocol/tls/versions.ts';
import type { Answer } from './ask.ts';
import { type Enumerated, enumerate } from './enumerate.ts';
import type { Order } from './evidence.ts';
import { groupsFor, type Offer, suitesFor } from './offers.ts';

/** Sends one offer to the endpoint that is probed. */
export type AskOffer = (offer: Omit<Offer, 'server_name'>) => Promise<Answer>;

/** What enumerations of one version brought, before it is known whether the server speaks TLS at all. */
export interface ProbedVersion {
  readonly version: number;
  /** One for each list of suites that was offered. */
  readonly suites: readonly Enumerated[];
  readonly order: Order;
  readonly groups: Enumerated;
}

const NO_GROUPS: Enumerated = { values: [], end: 'refused', reason: 'nothing was offered' };
const PROTOCOL_VERSION = 'protocol_version';

/** Everything about one version: its suites, who decides among them, its groups. */
export async function probeVersion(version: number, ask: AskOffer): Promise<ProbedVersion> {
  const groups = groupsFor(version);
  const [first = [], ...others] = suitesFor(version);
  const suitesOf = (offered: readonly number[]) =>
    enumerate({
      version,
      offered,
      ask: (cipher_suites) => ask({ version, cipher_suites, groups, everything: false }),
      chosenOf: (flight) => flight.server_hello?.cipher_suite ?? null,
    });
  const head = await suitesOf(first);
  // A server that does not speak the version says so at once, and would only say it again.
  const over = head.values.length === 0 && (head.end !== 'refused' || !mayTakeOthers(head.reason));
  const suites = over ? [head] : [head, ...(await Promise.all(others.map(suitesOf)))];
  const found = suites.flatMap(({ values }) => values);
  const [order, found_groups] = await Promise.all([
    orderOf(version, found, ask),
    probeGroups(version, found, groups, ask),
  ]);
  return { version, suites, order, groups: found_groups };
}

function mayTakeOthers(reason: string): boolean {
  return reason !== PROTOCOL_VERSION && !reason.startsWith('answered with');
}

/** Offers the same suites forwards and backwards. */
async function orderOf(version: number, found: readonly number[], ask: AskOffer): Promise<Order> {
  if (found.length < 2) return found.length === 1 ? 'one' : 'unknown';
  const offer = { version, groups: groupsFor(version), everything: false };
  const [forwards, backwards] = await Promise.all([
    ask({ ...offer, cipher_suites: found }),
    ask({ ...offer, cipher_suites: found.toReversed() }),
  ]);
  const [one, other] = [forwards, backwards].map(({ flight }) => flight.server_hello?.cipher_suite);
  if (one === undefined || other === undefined) return 'unknown';
  return one === other ? 'server' : 'client';
}

/** Before TLS 1.2 groups are the same or none, so they are not asked for. */
function probeGroups(
  version: number,
  found: readonly number[],
  offered: readonly number[],
  ask: AskOffer,
): Promise<Enumerated> {
  const cipher_suites = version === TLS_1_3 ? found : found.filter((id) => cipherSuite(id)?.key_exchange === 'ecdhe');
  if (version < TLS_1_2 || cipher_suites.length === 0) return Promise.resolve(NO_GROUPS);
  return enumerate({
    version,
    offered,
    ask: (groups) => ask({ version, cipher_suites, groups, everything: false }),
    chosenOf: groupOf,
  });
}

function groupOf({ server_hello, key_exchange }: ServerFlight): number | null {
  if (key_exchange?.kind === 'ecdhe') return key_exchange.group;
  return server_hello?.group ?? null;
}
