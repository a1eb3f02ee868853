import { buildClientHello } from '../../protocol/tls/build-client-hello.ts';
import * as extension from '../../protocol/tls/client-extensions.ts';
import { Tls12Client, type Tls12Session } from '../../protocol/tls/tls12-client.ts';
import { TLS12_GROUPS } from '../../protocol/tls/tls12-key-exchange.ts';
import { tls12Suite } from '../../protocol/tls/tls12-suites.ts';
import { vector8 } from '../../protocol/tls/vectors.ts';
import { TLS_1_0, TLS_1_3 } from '../../protocol/tls/versions.ts';
import type { Asker } from './ask.ts';
import type { HandshakeEvidence, Told, VersionEvidence } from './evidence.ts';
import { MAX_TICKET_BYTES, type RandomBytes, SIGNATURE_SCHEMES } from './offers.ts';

export interface SessionProbeOptions {
  readonly asker: Asker;
  readonly versions: readonly VersionEvidence[];
  readonly server_name: string | null;
  readonly random: RandomBytes;
}

type SessionEvidence = Pick<HandshakeEvidence, 'client_renegotiation'> & {
  readonly session_id: Told;
  readonly ticket: Told;
};

const ANSWER_MS = 2_000;
const HANDSHAKE = 22;
const ALERT = 21;
const SERVER_HELLO = 2;
const CLOSE_NOTIFY = Buffer.of(1, 0);

/** Sessions taken up again, and renegotiation, in four connections: what is finished for the one serves the other. */
export async function probeSessions(options: SessionProbeOptions): Promise<SessionEvidence> {
  const nothing = (told: Told): SessionEvidence => ({ client_renegotiation: told, session_id: told, ticket: told });
  const newest = options.versions.findLast(
    ({ version, acceptance }) => version !== TLS_1_3 && acceptance === 'accepted',
  );
  if (newest === undefined) {
    return nothing(options.versions.some(({ acceptance }) => acceptance === 'unknown') ? 'unknown' : 'not-applicable');
  }
  const suites = newest.cipher_suites.values.filter((id) => tls12Suite(id) !== null);
  if (newest.version < TLS_1_0 || suites.length === 0) return nothing('unknown');
  const visit = (session: Tls12Session | null, ticket: Buffer | null, renegotiate: boolean) =>
    visitOnce({ ...options, version: newest.version, suites, session, ticket, renegotiate });
  const [by_id, by_ticket] = await Promise.all([
    visit(null, null, false).then(async (first) => ({ first, again: await visit(first.session, null, true) })),
    visit(null, Buffer.alloc(0), false).then(async ({ session }) => {
      if (session === null) return 'unknown';
      if (session.ticket.length === 0) return 'no';
      if (session.ticket.length > MAX_TICKET_BYTES) return 'unknown';
      const again = await visit({ ...session, session_id: options.random(32) }, session.ticket, false);
      return again.session === null ? 'unknown' : again.resumed ? 'yes' : 'no';
    }),
  ]);
  const { first, again } = by_id;
  const told = first.session === null || again.session === null ? 'unknown' : again.resumed ? 'yes' : 'no';
  return { session_id: told, ticket: by_ticket, client_renegotiation: again.renegotiation };
}

interface VisitOptions extends SessionProbeOptions {
  readonly version: number;
  readonly suites: readonly number[];
  readonly session: Tls12Session | null;
  /** For the extension; null for none. */
  readonly ticket: Buffer | null;
  readonly renegotiate: boolean;
}

interface Visit {
  /** Null where no handshake was finished. */
  readonly session: Tls12Session | null;
  readonly resumed: boolean;
  readonly renegotiation: Told;
}

/** One handshake to its end; then another within it, or a goodbye, without which a server may forget the session. */
async function visitOnce(options: VisitOptions): Promise<Visit> {
  const hello = helloOf(options, null);
  const client = new Tls12Client({ hello, session: options.session, random: options.random });
  let said_last = false;
  let renegotiation: Told = 'unknown';
  const end = await options.asker.converse({
    opening: hello,
    answer_ms: ANSWER_MS,
    onBytes(chunk) {
      const out = client.push(chunk);
      if (client.finished && !said_last) {
        said_last = true;
        const last = options.renegotiate
          ? client.seal(HANDSHAKE, helloOf(options, client).subarray(5))
          : client.seal(ALERT, CLOSE_NOTIFY);
        return Buffer.concat([out, last]);
      }
      for (const { type, content } of client.takeRecords()) {
        if (type === ALERT) return 'enough';
        if (type === HANDSHAKE && content[0] === SERVER_HELLO) {
          renegotiation = 'yes';
          return 'enough';
        }
      }
      return out.length > 0 ? out : 'more';
    },
  });
  if (!client.finished) return { session: null, resumed: false, renegotiation: 'unknown' };
  // An alert, hanging up and silence are a no.
  if (options.renegotiate && (renegotiation as Told) === 'unknown' && end !== 'malformed' && end !== 'failed') {
    renegotiation = 'no';
  }
  return { session: client.session, resumed: client.resumed, renegotiation };
}

/** @param within the connection to renegotiate; null for a first handshake */
function helloOf(
  { version, suites, session, ticket, server_name, random }: Omit<VisitOptions, 'asker' | 'versions' | 'renegotiate'>,
  within: Tls12Client | null,
): Buffer {
  const { renegotiation_info } = extension.EXTENSION;
  const bound =
    within?.server_hello?.extensions.includes(renegotiation_info) === true ? within.verify_data : Buffer.alloc(0);
  return buildClientHello({
    legacy_version: version,
    random: random(32),
    session_id: within === null && session !== null ? session.session_id : Buffer.alloc(0),
    cipher_suites: suites,
    compression_methods: [0],
    extensions: [
      ...(server_name === null ? [] : [extension.serverName(server_name)]),
      extension.supportedGroups(TLS12_GROUPS),
      extension.ecPointFormats(),
      ...(version > 0x0302 ? [extension.signatureAlgorithms(SIGNATURE_SCHEMES)] : []),
      // RFC 5746 section 3.5; to a server without it, as a client of before would ask (section 4.2).
      ...(within !== null && bound.length === 0 ? [] : [{ type: renegotiation_info, body: vector8(bound) }]),
      extension.extendedMasterSecret(),
      ...(ticket === null ? [] : [{ type: extension.EXTENSION.session_ticket, body: ticket }]),
    ],
  });
}

/** A first hello, with no session to offer. */
export function tls12Hello(options: Pick<VisitOptions, 'version' | 'suites' | 'server_name' | 'random'>): Buffer {
  return helloOf({ ...options, session: null, ticket: null }, null);
}
