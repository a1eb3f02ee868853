/** What sends requests: at most one under way on each caller. */
import { connect, type TLSSocket } from 'node:tls';
import type { WorkloadName } from '../workload.ts';
import { WORKLOADS } from '../workload.ts';

export interface LoadTarget {
  readonly port: number;
  readonly ca: string;
  /** Client certificate and key; null sends none. */
  readonly identity: { readonly certificate: string; readonly key: string } | null;
}

/** How connections come about. */
export const HANDSHAKES = {
  kept: 'made before the measuring begins, and kept',
  full: 'a new one for each request, with a full handshake',
  resumed: 'a new one for each request, resuming the session of the last',
} as const;
export type Handshake = keyof typeof HANDSHAKES;

export interface CallerOptions {
  readonly target: LoadTarget;
  readonly workload: WorkloadName;
  /** Names of groups as OpenSSL has them, the first one guessed; null for its defaults. */
  readonly groups: string | null;
}

/** @param failure null where the answer was as expected */
export type Done = (failure: string | null, latency_ms: number) => void;

export interface Caller {
  send(done: Done): void;
  /** Body of the first answer, '' before. */
  readonly sample: string;
  /** Of its newest connection. */
  readonly agreed: Agreed;
  close(): void;
}

/** What the far end agreed to. */
export interface Agreed {
  readonly cipher: string;
  /** Key exchange group; '' where it was not told. */
  readonly group: string;
  readonly resumed: boolean;
}

export const NOTHING_AGREED: Agreed = { cipher: '', group: '', resumed: false };

export function dial(
  { target, groups }: CallerOptions,
  protocol: 'http/1.1' | 'h2',
  session: Buffer | null,
): TLSSocket {
  const socket = connect({
    host: '127.0.0.1',
    port: target.port,
    servername: 'localhost',
    ca: target.ca,
    minVersion: 'TLSv1.3',
    ALPNProtocols: [protocol],
    ...(groups !== null && { ecdhCurve: groups }),
    ...(session && { session }),
    ...(target.identity && { cert: target.identity.certificate, key: target.identity.key }),
  });
  socket.setNoDelay(true);
  return socket;
}

/** Of a connection that has ended node:tls tells nothing more. */
export function agreedOn(socket: TLSSocket): Agreed {
  const key = socket.getEphemeralKeyInfo() as { name?: string } | null;
  const cipher = socket.getCipher() as { name: string } | null;
  return { cipher: cipher?.name ?? '', group: key?.name ?? '', resumed: socket.isSessionReused() };
}

/** The request as bytes of HTTP/1.1. */
export function requestBytes(workload: WorkloadName): Buffer {
  const { method, path, body, content_type } = WORKLOADS[workload];
  const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: sallyport-bench\r\nAccept: */*\r\n`;
  if (body === null) return Buffer.from(`${head}\r\n`);
  const framing = `Content-Type: ${content_type}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head + framing), body]);
}
