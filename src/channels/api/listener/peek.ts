import type { Socket } from 'node:net';
import { type ClientHello, parseClientHello } from '../../../protocol/tls/client-hello.ts';

export type PeekOutcome =
  | { readonly state: 'hello'; readonly hello: ClientHello }
  | { readonly state: 'not-tls' }
  | { readonly state: 'malformed'; readonly reason: string };

/** A ClientHello with post-quantum key shares and a long ticket stays well below this. */
const MAX_HELLO_BYTES = 32 * 1024;

/**
 * Reads the ClientHello off a fresh connection and puts the bytes back, because Node shows a server neither the
 * fingerprint nor the groups that were offered. `done` is called at most once; never if the socket closes first.
 */
export function peekClientHello(socket: Socket, done: (outcome: PeekOutcome) => void): void {
  let seen: Buffer = Buffer.alloc(0);

  function finish(outcome: PeekOutcome): void {
    socket.off('readable', onReadable);
    if (seen.length > 0) socket.unshift(seen);
    done(outcome);
  }
  function onReadable(): void {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    }
    const parsed = parseClientHello(seen);
    if (parsed.state === 'complete') return finish({ state: 'hello', hello: parsed.hello });
    if (parsed.state === 'not-tls') return finish({ state: 'not-tls' });
    if (parsed.state === 'malformed') return finish({ state: 'malformed', reason: parsed.reason });
    if (seen.length > MAX_HELLO_BYTES) finish({ state: 'malformed', reason: 'ClientHello too large' });
  }
  socket.on('readable', onReadable);
}
