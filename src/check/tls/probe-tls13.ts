import { clientShare } from '../../protocol/tls/key-agreement.ts';
import { suiteHash } from '../../protocol/tls/record-protection.ts';
import {
  type Ticket,
  Tls13Handshake,
  type Tls13HandshakeOptions,
  type Tls13Seen,
} from '../../protocol/tls/tls13-handshake.ts';
import type { Resumption } from '../../protocol/tls/tls13-hello.ts';
import { TLS_1_3 } from '../../protocol/tls/versions.ts';
import type { Asker } from './ask.ts';
import type { SentChain, Told, VersionEvidence } from './evidence.ts';
import { MAX_TICKET_BYTES, type RandomBytes } from './offers.ts';

export interface Tls13ProbeOptions {
  /** Of TLS 1.3. */
  readonly version: VersionEvidence;
  /** For SNI; null for none. */
  readonly server_name: string | null;
  readonly converse: Asker['converse'];
  readonly random: RandomBytes;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** What finished handshakes of TLS 1.3 show. */
export interface Tls13Probed {
  readonly chains: readonly SentChain[];
  readonly alpn: string | null;
  /** Null where no handshake came that far. */
  readonly client_certificate: boolean | null;
  /** Distinguished names, DER. */
  readonly authorities: readonly Buffer[];
  readonly resumption: Told;
  readonly early_data: Told;
}

/** What there is to say of an endpoint that speaks no TLS 1.3. */
export const NO_TLS13: Tls13Probed = {
  chains: [],
  alpn: null,
  client_certificate: null,
  authorities: [],
  resumption: 'not-applicable',
  early_data: 'not-applicable',
};

const UNKNOWN: Tls13Probed = { ...NO_TLS13, resumption: 'unknown', early_data: 'unknown' };

/** Signature schemes by the kind of key that makes them (RFC 8446 section 4.2.3); SHA-1 only where nothing else is left. */
const RSA = [0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601, 0x0201];
const ECDSA = [0x0403, 0x0503, 0x0603, 0x081a, 0x081b, 0x081c, 0x0203];
const EDDSA = [0x0807, 0x0808];
const KINDS = [ECDSA, RSA, EDDSA];

/** What the server shows under TLS 1.3: at most one handshake for each kind of key, and one to take a session up again. */
export async function probeTls13(options: Tls13ProbeOptions): Promise<Tls13Probed> {
  const way = wayOf(options.version);
  if (way === null) return options.version.acceptance === 'refused' ? NO_TLS13 : UNKNOWN;
  const first = await shake(options, way, { after: 'finish' });
  if (first.certificates === null) return UNKNOWN;
  const [others, again] = await Promise.all([otherKinds(options, way, first), takeUp(options, way, first)]);
  return {
    chains: [first, ...others].flatMap((seen) => chainOf(seen, options.server_name)),
    alpn: first.alpn,
    client_certificate: first.certificate_request !== null,
    authorities: first.certificate_request?.authorities ?? [],
    ...again,
  };
}

/** Leaf and chain that are shown to who names nobody; null where nobody is shown anything. */
export async function chainWithoutName(options: Omit<Tls13ProbeOptions, 'server_name'>): Promise<SentChain | null> {
  const way = wayOf(options.version);
  if (way === null) return null;
  const unnamed = { ...options, server_name: null };
  return chainOf(await shake(unnamed, way, { after: 'leave' }), null)[0] ?? null;
}

/** A suite and a group that the server takes, and that can be spoken here. */
interface Way {
  readonly cipher_suite: number;
  readonly group: number;
}

function wayOf({ cipher_suites, groups }: VersionEvidence): Way | null {
  const cipher_suite = cipher_suites.values.find((id) => suiteHash(id) !== null);
  const group = groups.values.find((id) => clientShare(id) !== null);
  return cipher_suite === undefined || group === undefined ? null : { cipher_suite, group };
}

type Changes = Partial<Pick<Tls13HandshakeOptions, 'signature_schemes' | 'resumption' | 'alpn'>> &
  Pick<Tls13HandshakeOptions, 'after'>;

/** A handshake in a way the server takes; null where there is none that can be spoken here. */
export function tls13Handshake(
  { version, server_name, random }: Pick<Tls13ProbeOptions, 'version' | 'server_name' | 'random'>,
  changes: Changes,
): Tls13Handshake | null {
  const way = wayOf(version);
  return way === null ? null : handshakeIn(way, server_name, random, changes);
}

function handshakeIn(
  { cipher_suite, group }: Way,
  server_name: string | null,
  random: RandomBytes,
  changes: Changes,
): Tls13Handshake {
  return new Tls13Handshake({
    server_name,
    cipher_suite,
    share: clientShare(group)!,
    signature_schemes: KINDS.flat(),
    alpn: ['h2', 'http/1.1'],
    random: random(32),
    session_id: random(32),
    resumption: null,
    ...changes,
  });
}

async function shake(
  { server_name, converse, random }: Tls13ProbeOptions,
  way: Way,
  changes: Changes,
): Promise<Tls13Seen> {
  const handshake = handshakeIn(way, server_name, random, changes);
  await converse({ opening: handshake.opening, answer_ms: ANSWER_MS, onBytes: (chunk) => handshake.push(chunk) });
  return handshake.seen;
}

/** The first handshake left the choice to the server; these ask for what it did not choose. */
function otherKinds(options: Tls13ProbeOptions, way: Way, first: Tls13Seen): Promise<Tls13Seen[]> {
  const chosen = first.signature_scheme;
  const others = KINDS.filter((kind) => chosen === null || !kind.includes(chosen));
  return Promise.all(others.map((signature_schemes) => shake(options, way, { signature_schemes, after: 'leave' })));
}

/** A server that keeps the rules shows no certificate again to who comes with a ticket. */
async function takeUp(
  options: Tls13ProbeOptions,
  way: Way,
  { tickets, finished, alert, certificate_request }: Tls13Seen,
): Promise<{ readonly resumption: Told; readonly early_data: Told }> {
  const came_ms = options.now();
  const [ticket] = tickets;
  if (ticket === undefined) {
    const is_silent = finished && (alert === null || alert === CLOSE_NOTIFY);
    // One that insists on a certificate of the client says so only now, and keeps no session of a stranger.
    const told: Told = is_silent ? 'no' : certificate_request === null ? 'unknown' : 'not-applicable';
    return { resumption: told, early_data: told };
  }
  const early_data = tickets.some(({ max_early_data_bytes }) => max_early_data_bytes > 0) ? 'yes' : 'no';
  if (ticket.resumption.ticket.length > MAX_TICKET_BYTES) return { resumption: 'unknown', early_data };
  const resumption = resumptionOf(ticket, options.now() - came_ms);
  const { server_hello } = await shake(options, way, { after: 'leave', resumption });
  return { resumption: server_hello === null ? 'unknown' : server_hello.resumed ? 'yes' : 'no', early_data };
}

const CLOSE_NOTIFY = 0;
const ANSWER_MS = 5_000;

function resumptionOf({ resumption, age_add }: Ticket, age_ms: number): Resumption {
  return { ...resumption, obfuscated_age: (Math.round(age_ms) + age_add) % 2 ** 32 };
}

/** What came before a wrong Finished may have come from anybody. */
function chainOf({ certificates, proves_key, finished }: Tls13Seen, server_name: string | null): SentChain[] {
  if (certificates === null || !finished) return [];
  const { ocsp_response, ...sent } = certificates;
  const ocsp_responses = ocsp_response === null ? [] : [ocsp_response];
  return [{ ...sent, version: TLS_1_3, server_name, proves_key, ocsp_responses }];
}
