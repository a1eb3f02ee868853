/** A client that writes whatever bytes it is told to, over TLS with the certificate of a known machine. */
import { once } from 'node:events';
import { type Socket, connect as tcpConnect } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { ClientIdentity } from './wire-gate.ts';

export interface RawConnection {
  readonly socket: TLSSocket;
  /** Everything received so far. */
  received(): Buffer;
  readonly closed: () => boolean;
  write(bytes: string | Buffer): void;
  /** Resolves with true when `test` holds, with false when the connection ended or the time is over before. */
  until(test: (received: Buffer) => boolean, within_ms: number): Promise<boolean>;
  /** Resolves once the gate has closed; false when it has not in time. */
  untilClosed(within_ms: number): Promise<boolean>;
  destroy(): void;
}

export interface RawOptions {
  readonly port: number;
  readonly client: ClientIdentity | null;
  readonly alpn?: readonly string[];
  readonly servername?: string;
  readonly ca?: Buffer;
}

export async function openRaw({
  port,
  client,
  alpn = ['http/1.1'],
  servername,
  ca,
}: RawOptions): Promise<RawConnection> {
  const socket = tlsConnect({
    host: '127.0.0.1',
    port,
    servername: servername ?? 'localhost',
    ALPNProtocols: [...alpn],
    ...(client ?? { ca: ca ?? Buffer.alloc(0) }),
    // Tests of other names than the certificate's must still get through to the gate.
    checkServerIdentity: () => undefined,
  });
  const ended = once(socket, 'close').catch(() => undefined);
  const connection = observe(socket);
  await Promise.race([once(socket, 'secureConnect'), ended]);
  return connection;
}

function observe(socket: TLSSocket): RawConnection {
  const chunks: Buffer[] = [];
  let is_closed = false;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('end', () => {
    is_closed = true;
  });
  socket.on('close', () => {
    is_closed = true;
  });
  socket.on('error', () => undefined);
  const received = () => Buffer.concat(chunks);
  const poll = async (test: () => boolean, within_ms: number): Promise<boolean> => {
    const until = performance.now() + within_ms;
    for (;;) {
      if (test()) return true;
      if (performance.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  return {
    socket,
    received,
    closed: () => is_closed,
    write: (bytes) => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    async until(test, within_ms) {
      let met = false;
      await poll(() => {
        met = test(received());
        return met || is_closed;
      }, within_ms);
      return met || test(received());
    },
    untilClosed: (within_ms) => poll(() => is_closed, within_ms),
    destroy: () => void socket.destroy(),
  };
}

/** A TCP connection that has not begun TLS. */
export async function openTcp(port: number): Promise<Socket> {
  const socket = tcpConnect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The complete final answers in a stream of HTTP/1.1 responses; interim ones are in `interim`. */
export function readAnswers(received: Buffer): { answers: Answer[]; interim: number[]; rest: string } {
  let rest = received.toString('latin1');
  const answers: Answer[] = [];
  const interim: number[] = [];
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    const status = /^HTTP\/1\.1 ([0-9]{3})/.exec(rest)?.[1];
    if (end === -1 || status === undefined) return { answers, interim, rest };
    const headers: Record<string, string> = {};
    for (const line of rest.slice(0, end).split('\r\n').slice(1)) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return { answers, interim, rest };
    rest = rest.slice(end + 4 + length);
    if (status.startsWith('1')) interim.push(Number(status));
    else answers.push({ status: Number(status), headers, body });
  }
}
