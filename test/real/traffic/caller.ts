/** A machine that calls the gate over a few kept connections. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import type { Project } from '../../acceptance/harness/project.ts';
import type { RequestMessage } from './messages.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly exchange_id: string;
}

export interface Caller {
  /**
   * @param prefix path at the gate before those of the contract
   * @throws Error where the connection ends before the answer
   */
  call(prefix: string, message: RequestMessage, trace_id: string): Promise<Answered>;
  close(): void;
}

const ANSWER_MS = 20_000;

export function newTrace(): string {
  return randomBytes(16).toString('hex');
}

export function startCaller(project: Project, port: number, connections: number): Caller {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: connections,
    ca: readFileSync(`${project.pki}/gate-ca.pem`),
    cert: readFileSync(`${project.pki}/acme-erp.pem`),
    key: readFileSync(`${project.pki}/acme-erp.key`),
  });
  return {
    call(prefix, { method, path, query, headers, body }, trace_id) {
      const target = `${prefix}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
      const fields: Record<string, string | number> = {
        ...Object.fromEntries(headers),
        traceparent: `00-${trace_id}-00f067aa0ba902b7-00`,
      };
      if (body !== null) fields['content-type'] = body.content_type;
      if (body !== null || /^P/.test(method)) fields['content-length'] = body?.bytes.length ?? 0;
      return new Promise((resolve, reject) => {
        const outgoing = httpsRequest(
          { host: 'localhost', port, path: target, method, headers: fields, agent, timeout: ANSWER_MS },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.on('error', reject);
            answer.on('end', () => {
              const exchange_id = String(answer.headers['sallyport-exchange']);
              const { statusCode: status = 0, headers: received } = answer;
              resolve({ status, headers: received, body: Buffer.concat(chunks), exchange_id });
            });
          },
        );
        outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
        outgoing.on('error', reject);
        outgoing.end(body?.bytes);
      });
    },
    close: () => agent.destroy(),
  };
}
