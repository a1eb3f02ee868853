/** Connections of an abuser: from addresses of its own, with or without a certificate. */
import { readFileSync } from 'node:fs';
import { type Socket, connect as tcpConnect } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { Project } from '../../test/acceptance/harness/project.ts';

export interface Abuser {
  /** Null where the gate closed it before TLS stood. */
  open(options?: OpenOptions): Promise<TLSSocket | null>;
  /** A connection without TLS. */
  openTcp(from?: string): Socket;
}

export interface OpenOptions {
  /** Loopback address it comes from; the honest partner has 127.0.0.1. */
  readonly from?: string;
  readonly alpn?: 'h2' | 'http/1.1';
  /** Client certificate of the project's PKI; null for none. */
  readonly as?: string | null;
}

/** The n-th address of an abuser that has many. */
export const source = (number: number): string => `127.0.${1 + Math.floor(number / 250)}.${1 + (number % 250)}`;

export function createAbuser({ pki }: Project, port: number): Abuser {
  const file = (name: string) => readFileSync(`${pki}/${name}`);
  const pairs = new Map<string, { cert: Buffer; key: Buffer }>();
  const pairOf = (as: string) => {
    const pair = pairs.get(as) ?? { cert: file(`${as}.pem`), key: file(`${as}.key`) };
    pairs.set(as, pair);
    return pair;
  };
  const ca = file('gate-ca.pem');
  return {
    open({ from = source(0), alpn = 'http/1.1', as = 'globex-reports' } = {}) {
      const identity = as === null ? {} : pairOf(as);
      const options: ConnectionOptions & { readonly localAddress: string } = {
        host: '127.0.0.1',
        port,
        localAddress: from,
        servername: 'localhost',
        ALPNProtocols: [alpn],
        ca,
        ...identity,
      };
      const socket = tlsConnect(options);
      socket.on('error', () => undefined);
      return new Promise((resolve) => {
        socket.once('secureConnect', () => resolve(socket));
        socket.once('close', () => resolve(null));
      });
    },
    openTcp(from = source(0)) {
      const socket = tcpConnect({ host: '127.0.0.1', port, localAddress: from });
      socket.on('error', () => undefined);
      return socket;
    },
  };
}

/** Resolves with the milliseconds until the far end has closed it, or with null where it has not in time. */
export function untilClosed(socket: Socket, within_ms: number): Promise<number | null> {
  const begun_ms = performance.now();
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve(0);
    const timer = setTimeout(() => resolve(null), within_ms);
    socket.resume();
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(performance.now() - begun_ms);
    });
  });
}

/** Sends a request and resolves with the status of what comes back, or with `closed` where nothing does. */
export function statusOf(socket: TLSSocket, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve('closed');
    const onData = (chunk: Buffer) => {
      socket.off('close', onClose);
      resolve(chunk.toString('latin1', 9, 12));
    };
    const onClose = () => {
      socket.off('data', onData);
      resolve('closed');
    };
    socket.once('data', onData).once('close', onClose);
    socket.write(bytes);
  });
}
