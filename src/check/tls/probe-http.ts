import type { ProbeStep } from '../../core/resolver/index.ts';
import { probeRequest } from '../../protocol/http/probe-request.ts';
import { readResponseHead } from '../../protocol/http/response-head.ts';
import { Tls12Client } from '../../protocol/tls/tls12-client.ts';
import { tls12Suite } from '../../protocol/tls/tls12-suites.ts';
import { TLS_1_0, TLS_1_3 } from '../../protocol/tls/versions.ts';
import type { Asker } from './ask.ts';
import type { HttpEvidence, VersionEvidence } from './evidence.ts';
import type { RandomBytes } from './offers.ts';
import { tls12Hello } from './probe-sessions.ts';
import { tls13Handshake } from './probe-tls13.ts';

export interface HttpProbeOptions {
  readonly asker: Asker;
  readonly versions: readonly VersionEvidence[];
  readonly server_name: string | null;
  /** For the Host field: a name in lower case, or an address. */
  readonly host: string;
  /** Of the program, for the User-Agent. */
  readonly made_by: string;
  readonly random: RandomBytes;
}

export type HttpsEvidence = Pick<HttpEvidence, 'speaks_http' | 'strict_transport_security'>;

export const NO_HTTPS: HttpsEvidence = { speaks_http: 'unknown', strict_transport_security: null };

const ANSWER_MS = 3_000;
const MAX_FIELD_CHARACTERS = 256;
const APPLICATION_DATA = 23;
const ALERT = 21;

/** A session that carries one request: what arrives, and what of it is the answer. */
interface Session {
  readonly opening: Buffer;
  readonly push: (chunk: Buffer) => ProbeStep;
  readonly answer: () => Buffer;
  /** The handshake is done: who stays silent now does not speak HTTP, to a stranger at least. */
  readonly isOpen: () => boolean;
}

/** Asks for the head of `/` over TLS, once, in the newest version that can be spoken here. */
export async function probeHttp(options: HttpProbeOptions): Promise<HttpsEvidence> {
  const session = sessionOf(options, probeRequest(options.host, options.made_by));
  if (session === null) return NO_HTTPS;
  await options.asker.converse({
    opening: session.opening,
    answer_ms: ANSWER_MS,
    onBytes(chunk) {
      const step = session.push(chunk);
      const is_whole = session.answer().length > 0 && readResponseHead(session.answer()) !== 'more';
      return is_whole ? 'enough' : step;
    },
  });
  if (!session.isOpen()) return NO_HTTPS;
  const head = readResponseHead(session.answer());
  if (head === 'more' || head === 'no-http') return { ...NO_HTTPS, speaks_http: 'no' };
  const field = head.fields.get('strict-transport-security') ?? null;
  return { speaks_http: 'yes', strict_transport_security: field?.slice(0, MAX_FIELD_CHARACTERS) ?? null };
}

function sessionOf(options: HttpProbeOptions, request: Buffer): Session | null {
  return tls13Session(options, request) ?? tls12Session(options, request);
}

function tls13Session({ versions, server_name, random }: HttpProbeOptions, request: Buffer): Session | null {
  const version = versions.find((one) => one.version === TLS_1_3 && one.acceptance === 'accepted');
  const handshake = version && tls13Handshake({ version, server_name, random }, { alpn: ['http/1.1'], after: request });
  if (!handshake) return null;
  return {
    opening: handshake.opening,
    push: (chunk) => handshake.push(chunk),
    answer: () => handshake.seen.answer,
    isOpen: () => handshake.seen.finished,
  };
}

function tls12Session({ versions, server_name, random }: HttpProbeOptions, request: Buffer): Session | null {
  const newest = versions.findLast(({ version, acceptance }) => version < TLS_1_3 && acceptance === 'accepted');
  const suites = newest?.cipher_suites.values.filter((id) => tls12Suite(id) !== null) ?? [];
  if (newest === undefined || newest.version < TLS_1_0 || suites.length === 0) return null;
  const hello = tls12Hello({ version: newest.version, suites, server_name, random });
  const client = new Tls12Client({ hello, session: null, random });
  let asked = false;
  let answer = Buffer.alloc(0);
  return {
    opening: hello,
    push(chunk) {
      const out = client.push(chunk);
      if (client.finished && !asked) {
        asked = true;
        return Buffer.concat([out, client.seal(APPLICATION_DATA, request)]);
      }
      for (const { type, content } of client.takeRecords()) {
        if (type === ALERT) return 'enough';
        if (type === APPLICATION_DATA) answer = Buffer.concat([answer, content]);
      }
      return out.length > 0 ? out : 'more';
    },
    answer: () => answer,
    isOpen: () => client.finished,
  };
}
