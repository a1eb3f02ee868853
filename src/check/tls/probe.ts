import type { Address, Prober } from '../../core/resolver/index.ts';
import { SSL_3_0, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 } from '../../protocol/tls/versions.ts';
import { type Problem, problemOf } from '../problem.ts';
import type { Slots } from '../slots.ts';
import { Asker } from './ask.ts';
import type { Enumerated } from './enumerate.ts';
import { type Found, NO_HTTP, type ProbedEvidence, type Told, type VersionEvidence } from './evidence.ts';
import { groupsFor, helloFor, type RandomBytes } from './offers.ts';
import { probeHandshakes } from './probe-handshakes.ts';
import { type HttpsEvidence, NO_HTTPS, probeHttp } from './probe-http.ts';
import { chainWithoutName, probeTls13 } from './probe-tls13.ts';
import { type AskOffer, type ProbedVersion, probeVersion } from './probe-version.ts';
import { Seen } from './seen.ts';

export interface TlsProbeOptions {
  readonly prober: Prober;
  readonly address: Address;
  readonly port: number;
  /** For SNI; null for none. */
  readonly server_name: string | null;
  /** Asked for over HTTP: a name in lower case or an address; null where HTTP is not to be asked. */
  readonly http_host: string | null;
  /** Of the program, for the User-Agent. */
  readonly made_by: string;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly random: RandomBytes;
  /** On the clock of `now`: nothing is asked after it. */
  readonly deadline_ms: number;
  /** How many connections there are at a time. */
  readonly slots: Slots;
  /** How many there are in all. */
  readonly max_connections: number;
  readonly onConnection: () => void;
}

export interface TlsProbed {
  readonly evidence: ProbedEvidence;
  readonly connections: number;
  /** Why nothing, or not everything, could be learnt; null where all was. */
  readonly problem: Problem | null;
}

/** One that servers of today take and one that old ones take come first, so that who hangs up on all else is soon known to speak TLS. */
const BY_LIKELIHOOD = [TLS_1_2, TLS_1_0, TLS_1_3, TLS_1_1, SSL_3_0];

/** Asks one endpoint everything there is to ask, at bounded time and memory, whatever it answers. */
export async function probeTls(options: TlsProbeOptions): Promise<TlsProbed> {
  const asker = new Asker(options);
  const seen = new Seen(options.server_name);
  const ask: AskOffer = async (offer) => {
    const hello = helloFor({ ...offer, server_name: options.server_name }, options.random);
    const answer = await asker.ask(hello);
    seen.remember(offer, hello, answer);
    return answer;
  };
  const asked = await Promise.all(BY_LIKELIHOOD.map((version) => probeVersion(version, ask)));
  const probed = asked.toSorted((left, right) => left.version - right.version);
  const versions = doubted(probed.map((one) => settle(one, asker.speaks_tls)));
  const everything = await askEverything(versions, ask);
  const { extensions } = seen.collected();
  const { server_name, random, http_host, made_by } = options;
  const [tls13, handshakes, http] = await Promise.all([
    askTls13(versions, options, asker),
    probeHandshakes({ asker, ask, versions, extensions, server_name, random }),
    http_host === null ? NOT_HTTP : probeHttp({ asker, versions, server_name, host: http_host, made_by, random }),
  ]);
  for (const chain of tls13.chains) seen.rememberChain(chain);
  return {
    evidence: {
      versions,
      ...seen.collected(),
      compression: everything.compression,
      alpn: tls13.alpn ?? everything.alpn,
      client_certificate: tls13.client_certificate ?? everything.client_certificate,
      client_certificate_authorities: [...tls13.authorities, ...everything.authorities],
      unnamed_chain: tls13.unnamed_chain,
      handshakes: {
        ...handshakes,
        client_renegotiation: ofStrangers(handshakes.client_renegotiation, everything.client_certificate),
        resumption: { ...handshakes.resumption, tls13: tls13.resumption },
        early_data: tls13.early_data,
      },
      http: { ...NO_HTTP, ...http, speaks_http: ofStrangers(http.speaks_http, everything.client_certificate) },
    },
    connections: asker.connections,
    problem: unlearnt(probed, versions, asker),
  };
}

/** What cannot be asked because no handshake is finished without a certificate cannot be used by a stranger either. */
function ofStrangers(told: Told, client_certificate: boolean | null): Told {
  return told === 'unknown' && client_certificate === true ? 'not-applicable' : told;
}

/** Of an endpoint that was named as something else. */
const NOT_HTTP: HttpsEvidence = { ...NO_HTTPS, speaks_http: 'not-applicable' };

async function askTls13(versions: readonly VersionEvidence[], options: TlsProbeOptions, asker: Asker) {
  const { server_name, random, now } = options;
  const version = versions.find((one) => one.version === TLS_1_3)!;
  const converse: Asker['converse'] = (conversation) => asker.converse(conversation);
  const asked = { version, converse, random, now };
  const [probed, unnamed_chain] = await Promise.all([
    probeTls13({ ...asked, server_name }),
    server_name === null ? null : chainWithoutName(asked),
  ]);
  return { ...probed, unnamed_chain };
}

const WHY: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nobody listens there (ECONNREFUSED)'],
  ['EHOSTUNREACH', 'no way leads there (EHOSTUNREACH)'],
  ['ENETUNREACH', 'no way leads there (ENETUNREACH)'],
]);

function unlearnt(
  probed: readonly ProbedVersion[],
  versions: readonly VersionEvidence[],
  asker: Asker,
): Problem | null {
  if (!asker.speaks_tls) {
    const { outcome, reason } = asker.last_unanswered;
    return problemOf(outcome, WHY.get(reason) ?? reason);
  }
  const open = probed.flatMap(({ suites, groups }) => [...suites, groups]).find(({ end }) => end === 'unknown');
  const accepts = versions.some(({ acceptance }) => acceptance === 'accepted');
  if (open !== undefined)
    return problemOf(asker.last_unanswered.outcome === 'not-asked' ? 'refused' : 'cut', open.reason);
  return accepts ? null : problemOf('refused', `no handshake was accepted (${versions.at(-1)?.reason ?? 'refused'})`);
}

/** Who takes nothing at all may want something that was not offered, such as a name: their no tells nothing of versions. */
function doubted(versions: readonly VersionEvidence[]): readonly VersionEvidence[] {
  if (versions.some(({ acceptance }) => acceptance === 'accepted')) return versions;
  return versions.map((version) => ({ ...version, acceptance: 'unknown' }));
}

/** Hanging up is a no where the server answers other hellos as TLS has it, and tells nothing elsewhere. */
function settle({ version, suites, order, groups }: ProbedVersion, speaks_tls: boolean): VersionEvidence {
  const cipher_suites = foundOf(suites, speaks_tls);
  const accepted = cipher_suites.values.length > 0;
  return {
    version,
    acceptance: accepted ? 'accepted' : cipher_suites.complete ? 'refused' : 'unknown',
    reason: accepted ? null : (suites[0]?.reason ?? 'nothing was asked'),
    cipher_suites,
    order,
    groups: foundOf([groups], speaks_tls),
  };
}

function foundOf(parts: readonly Enumerated[], speaks_tls: boolean): Found {
  return {
    values: parts.flatMap(({ values }) => values),
    complete: parts.every(({ end }) => end === 'refused' || (end === 'hung-up' && speaks_tls)),
  };
}

type Everything = Pick<ProbedEvidence, 'compression' | 'alpn' | 'client_certificate'> & {
  readonly authorities: readonly Buffer[];
};

/** One hello of the newest version before TLS 1.3, with all that few servers mind. */
async function askEverything(versions: readonly VersionEvidence[], ask: AskOffer): Promise<Everything> {
  const newest = versions.findLast(({ version, acceptance }) => version !== TLS_1_3 && acceptance === 'accepted');
  const nothing = { compression: null, alpn: null, client_certificate: null, authorities: [] };
  if (newest === undefined) return nothing;
  const { version, cipher_suites } = newest;
  const offer = {
    version,
    cipher_suites: cipher_suites.values,
    groups: groupsFor(version),
    everything: true,
    with_share: false,
  };
  const { flight } = await ask(offer);
  if (flight.server_hello === null) return nothing;
  return {
    compression: flight.server_hello.compression_method !== 0,
    alpn: flight.server_hello.alpn,
    client_certificate: flight.certificate_request !== null,
    authorities: flight.certificate_request?.authorities ?? [],
  };
}
