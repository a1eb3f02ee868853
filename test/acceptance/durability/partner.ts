/** A partner's program: keep-alive connections with a client certificate, each with one call at a time. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { Project } from '../harness/project.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The exchange id the gate told. */
  readonly exchange_id: string;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Partner {
  call(path: string, options?: CallOptions): Promise<Answer>;
  /** GET of the orders. */
  read(): Promise<Answer>;
  /** POST of an order; `item` is how the upstream and the test know it again. */
  order(item?: string): Promise<Answer>;
  close(): void;
}

export interface PartnerOptions {
  /** Client certificate in the project's PKI. */
  readonly as?: string;
  readonly connections?: number;
  /** False opens a connection for each call. */
  readonly keep_alive?: boolean;
  /** TLS sessions kept for resumption. Default 0. */
  readonly sessions?: number;
}

const CALL_MS = 15_000;

export function createPartner(project: Project, port: number, options: PartnerOptions = {}): Partner {
  const { as = 'acme-erp', connections = 8, keep_alive = true, sessions = 0 } = options;
  const agent = new Agent({
    keepAlive: keep_alive,
    maxSockets: connections,
    maxCachedSessions: sessions,
    ca: readFileSync(`${project.pki}/gate-ca.pem`),
    cert: readFileSync(`${project.pki}/${as}.pem`),
    key: readFileSync(`${project.pki}/${as}.key`),
  });

  async function call(path: string, { method = 'GET', headers = {}, body }: CallOptions = {}): Promise<Answer> {
    const sent = request({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      path,
      method,
      agent,
      // An agent without keep-alive still gives a connection to a call that waits for one.
      headers: { host: `localhost:${port}`, ...(keep_alive ? {} : { connection: 'close' }), ...headers },
      timeout: CALL_MS,
    });
    sent.on('timeout', () => sent.destroy(new Error('the gate did not answer')));
    sent.end(body);
    const [response] = await once(sent, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      status: response.statusCode,
      headers: response.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      exchange_id: response.headers['sallyport-exchange'] ?? '',
    };
  }

  return {
    call,
    read: () => call('/api/orders'),
    order: (item = randomUUID()) =>
      call('/api/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ item, quantity: 1 }),
      }),
    close: () => agent.destroy(),
  };
}
