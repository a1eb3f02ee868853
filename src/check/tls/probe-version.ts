import { cipherSuite } from '../../protocol/tls/cipher-suites.ts';
import { TLS_1_2, TLS_1_3 } from '../../protocol/tls/versions.ts';
import type { Answer } from './ask.ts';
import type { Enumerated } from './enumerate.ts';
import { enumerateGroups } from './enumerate-groups.ts';
import { enumerateSuites } from './enumerate-suites.ts';
import type { Order } from './evidence.ts';
import { groupsFor, type Offer, suitesFor, X25519 } from './offers.ts';

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

/** Nothing that a server might mind. */
const PLAIN = { everything: false, with_share: false };

const NO_GROUPS: Enumerated = { values: [], end: 'refused', reason: 'nothing was offered' };
const PROTOCOL_VERSION = 'protocol_version';

/** Everything about one version: its suites, who decides among them, its groups. */
export async function probeVersion(version: number, ask: AskOffer): Promise<ProbedVersion> {
  const groups = groupsFor(version);
  const [first = [], ...others] = suitesFor(version);
  const suitesOf = (offered: readonly number[]) =>
    enumerateSuites({
      version,
      offered,
      ask: (cipher_suites) => ask({ version, cipher_suites, groups, ...PLAIN }),
    });
  const head = await suitesOf(first);
  // A server that does not speak the version says so at once, and would only say it again.
  const over = head.values.length === 0 && (head.end !== 'refused' || !mayTakeOthers(head.reason));
  if (version === TLS_1_3 && head.values.length === 0 && head.reason !== PROTOCOL_VERSION) {
    const with_share = await askWithShare(first, ask);
    if (with_share !== null) return with_share;
  }
  const at_once = over ? [head] : [head, ...(await Promise.all(others.map(suitesOf)))];
  const suites = over ? at_once : [...at_once, ...(await probeByKey(version, valuesOf(at_once), suitesOf))];
  const found = valuesOf(suites);
  const [order, found_groups] = await Promise.all([
    orderOf(version, found, ask),
    probeGroups(version, found, groups, ask),
  ]);
  return { version, suites, order, groups: found_groups };
}

const valuesOf = (all: readonly Enumerated[]) => all.flatMap(({ values }) => values);

/**
 * A server with two certificates may choose one by what a hello offers, and then find no suite for it: HAProxy does. What it takes
 * with the other shows where nothing else is offered.
 */
function probeByKey(
  version: number,
  found: readonly number[],
  suitesOf: (offered: readonly number[]) => Promise<Enumerated>,
): Promise<Enumerated[]> {
  if (version === TLS_1_3) return Promise.resolve([]);
  const left = (['rsa', 'ecdsa'] as const).flatMap((key) => suitesFor(version, key));
  return Promise.all(left.map((list) => suitesOf(list.filter((id) => !found.includes(id)))));
}

/**
 * Some servers answer no hello without a key share, against RFC 8446 section 4.1.4. That they speak TLS 1.3 can still be
 * said, and no more.
 */
async function askWithShare(cipher_suites: readonly number[], ask: AskOffer): Promise<ProbedVersion | null> {
  const { flight } = await ask({
    version: TLS_1_3,
    cipher_suites,
    groups: [X25519],
    everything: false,
    with_share: true,
  });
  const { server_hello } = flight;
  if (server_hello?.version !== TLS_1_3 || !cipher_suites.includes(server_hello.cipher_suite)) return null;
  const rest = { end: 'unknown', reason: 'sends no HelloRetryRequest' } as const;
  return {
    version: TLS_1_3,
    suites: [{ values: [server_hello.cipher_suite], ...rest }],
    order: 'unknown',
    groups: { values: server_hello.group === X25519 ? [X25519] : [], ...rest },
  };
}

function mayTakeOthers(reason: string): boolean {
  return reason !== PROTOCOL_VERSION && !reason.startsWith('answered with');
}

/** Offers the same suites forwards and backwards. */
async function orderOf(version: number, found: readonly number[], ask: AskOffer): Promise<Order> {
  if (found.length < 2) return found.length === 1 ? 'one' : 'unknown';
  const offer = { version, groups: groupsFor(version), ...PLAIN };
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
  return enumerateGroups({
    version,
    offered,
    ask: (groups) => ask({ version, cipher_suites, groups, ...PLAIN }),
    signs_with_ecdsa: version !== TLS_1_3 && cipher_suites.every(comesWithEcdsa),
  });
}

function comesWithEcdsa(id: number): boolean {
  return cipherSuite(id)?.certificate_key === 'ecdsa';
}
