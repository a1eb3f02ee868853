import type { ProbeStep } from '../../core/resolver/index.ts';
import { EXTENSION } from '../../protocol/tls/client-extensions.ts';
import { HeartbeatReader, lyingHeartbeat } from '../../protocol/tls/heartbeat.ts';
import { FlightReader } from '../../protocol/tls/server-flight.ts';
import type { Asker } from './ask.ts';
import type { Told } from './evidence.ts';

/** A flight, and the silence of a server that drops what it does not expect. */
const ANSWER_MS = 1_500;

/**
 * Sends one heartbeat that says it is a byte longer than it is, to a server that takes heartbeats, once that is done with its first
 * flight, and nothing that goes on with the handshake.
 *
 * @param hello offers heartbeats and a version before TLS 1.3
 */
export async function probeHeartbleed(asker: Asker, hello: Buffer): Promise<Told> {
  const flight = new FlightReader();
  const heartbeat = new HeartbeatReader();
  let sent = false;
  let answer: boolean | null = null;
  const afterFlight = (): ProbeStep => {
    const { server_hello, alert } = flight.flight;
    if (server_hello === null || alert !== null || !server_hello.extensions.includes(EXTENSION.heartbeat))
      return 'enough';
    sent = true;
    return lyingHeartbeat(server_hello.version);
  };
  const end = await asker.converse({
    opening: hello,
    answer_ms: ANSWER_MS,
    onBytes(chunk) {
      if (!sent) return flight.push(chunk) ? afterFlight() : 'more';
      answer = heartbeat.push(chunk);
      return answer === null ? 'more' : 'enough';
    },
  });
  if (!sent) return 'unknown';
  if (answer === true) return 'yes';
  return end === 'failed' || end === 'malformed' ? 'unknown' : 'no';
}
