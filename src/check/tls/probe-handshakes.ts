import { EXTENSION } from '../../protocol/tls/client-extensions.ts';
import { TLS_1_3 } from '../../protocol/tls/versions.ts';
import type { Asker } from './ask.ts';
import { type HandshakeEvidence, NO_HANDSHAKES, type Told, type VersionEvidence } from './evidence.ts';
import { groupsFor, helloFor, type RandomBytes } from './offers.ts';
import { probeFallback } from './probe-fallback.ts';
import { probeHeartbleed } from './probe-heartbleed.ts';
import { probeSessions } from './probe-sessions.ts';
import { probeSsl2 } from './probe-ssl2.ts';
import type { AskOffer } from './probe-version.ts';

export interface HandshakeProbeOptions {
  readonly asker: Asker;
  readonly ask: AskOffer;
  readonly versions: readonly VersionEvidence[];
  /** Types of extensions that were answered before TLS 1.3. */
  readonly extensions: ReadonlySet<number>;
  readonly server_name: string | null;
  readonly random: RandomBytes;
}

/** What takes more than one flight, or a hello no client sends, of a server whose versions are known. */
export async function probeHandshakes(options: HandshakeProbeOptions): Promise<HandshakeEvidence> {
  const { asker, ask, versions, random } = options;
  if (!asker.speaks_tls) return NO_HANDSHAKES;
  const [ssl2, fallback_scsv, heartbleed, sessions] = await Promise.all([
    probeSsl2(asker, random),
    probeFallback(versions, ask),
    heartbleedOf(options),
    probeSessions(options),
  ]);
  const { client_renegotiation, session_id, ticket } = sessions;
  const resumption = { ...NO_HANDSHAKES.resumption, session_id, ticket };
  return { ...NO_HANDSHAKES, ssl2, fallback_scsv, heartbleed, client_renegotiation, resumption };
}

function heartbleedOf({
  asker,
  versions,
  extensions,
  server_name,
  random,
}: HandshakeProbeOptions): Promise<Told> | Told {
  const newest = versions.findLast(({ version, acceptance }) => version !== TLS_1_3 && acceptance === 'accepted');
  if (newest === undefined) {
    return versions.some(({ acceptance }) => acceptance === 'unknown') ? 'unknown' : 'not-applicable';
  }
  if (!extensions.has(EXTENSION.heartbeat)) return 'not-applicable';
  const { version, cipher_suites } = newest;
  const offer = { version, cipher_suites: cipher_suites.values, groups: groupsFor(version), server_name };
  return probeHeartbleed(asker, helloFor({ ...offer, everything: true, with_share: false }, random));
}
