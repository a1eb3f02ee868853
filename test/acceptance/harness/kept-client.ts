/** A client that keeps its one connection, so that a test can see what becomes of it. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Project } from './project.ts';

export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
  /** The `sallyport-exchange` field. */
  readonly exchange_id: string;
  /** The request went over a connection that had served one before. */
  readonly reused: boolean;
}

export interface KeptRequest {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  /** Called once the gate waits for the body (RFC 9110 section 10.1.1), which is sent when it resolves. */
  readonly before_body?: () => Promise<void>;
}

export interface KeptClient {
  /** @throws Error where the connection ends before the answer */
  send(options?: KeptRequest): Promise<KeptAnswer>;
  /** What the gate gave to take the session up again; undefined before the first answer. */
  readonly session: () => Buffer | undefined;
  /** Fingerprint of the gate's certificate on the last connection. */
  readonly gate_certificate: () => string;
  /** Resolves when the last connection has ended; rejects where it has not in time. */
  closed(): Promise<void>;
  end(): void;
}

const CLOSE_MS = 3_000;
const ANSWER_MS = 10_000;

export function keptClient(project: Project, port: number, as: string, tls: ConnectionOptions = {}): KeptClient {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    maxCachedSessions: 0,
    ca: readFileSync(`${project.pki}/gate-ca.pem`),
    cert: readFileSync(`${project.pki}/${as}.pem`),
    key: readFileSync(`${project.pki}/${as}.key`),
    ...tls,
  });
  let socket: TLSSocket | null = null;
  let session: Buffer | undefined;

  function send({ method = 'GET', path = '/api/orders', body, before_body }: KeptRequest = {}): Promise<KeptAnswer> {
    return new Promise((resolve, reject) => {
      const fields = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body ?? '') };
      const expects = before_body === undefined ? {} : { expect: '100-continue' };
      const headers = body === undefined ? {} : { ...fields, ...expects };
      const options = { host: 'localhost', port, path, method, headers, agent, timeout: ANSWER_MS };
      const outgoing = request(options, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const exchange_id = String(answer.headers['sallyport-exchange']);
          resolve({ status: answer.statusCode ?? 0, body: text, exchange_id, reused: outgoing.reusedSocket });
        });
      });
      outgoing.on('socket', (used) => {
        if (socket === used) return;
        socket = used as TLSSocket;
        socket.on('session', (ticket: Buffer) => {
          session = ticket;
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
      outgoing.on('error', reject);
      if (before_body === undefined) return void outgoing.end(body);
      outgoing.on('continue', () => before_body().then(() => outgoing.end(body), reject));
      outgoing.flushHeaders();
    });
  }

  return {
    send,
    session: () => session,
    gate_certificate: () => socket?.getPeerX509Certificate()?.fingerprint256 ?? '',
    closed() {
      const last = socket;
      if (last === null || last.destroyed) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('the connection is still open')), CLOSE_MS);
        last.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    end: () => agent.destroy(),
  };
}
