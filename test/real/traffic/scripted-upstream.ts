/** A service that answers each exchange, told by its trace, with what the test laid down for it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnswerMessage } from './messages.ts';

export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface ScriptedUpstream {
  readonly url: string;
  /** Lays down the answer of a trace. */
  script(trace_id: string, answer: AnswerMessage): void;
  /** What reached the service under the trace, once; null where nothing did. */
  arrived(trace_id: string): Arrived | null;
  close(): Promise<void>;
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const scripts = new Map<string, AnswerMessage>();
  const arrivals = new Map<string, Arrived>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const trace_id = String(request.headers['traceparent']).split('-')[1] ?? '';
      const { method = '', url = '', headers } = request;
      arrivals.set(trace_id, { method, url, headers, body: Buffer.concat(chunks) });
      const answer = scripts.get(trace_id);
      scripts.delete(trace_id);
      if (answer === undefined) return void response.writeHead(500).end();
      const { status, body } = answer;
      const fields = answer.headers.flat();
      if (body === null) return void response.writeHead(status, [...fields, ...lengthOfNothing(status)]).end();
      response.writeHead(status, [
        ...fields,
        'content-type',
        body.content_type,
        'content-length',
        `${body.bytes.length}`,
      ]);
      response.end(body.bytes);
    });
  });
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    script: (trace_id, answer) => void scripts.set(trace_id, answer),
    arrived(trace_id) {
      const found = arrivals.get(trace_id) ?? null;
      arrivals.delete(trace_id);
      return found;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** RFC 9110 section 8.6: 204 must not have a length, 304 has that of another answer. */
function lengthOfNothing(status: number): string[] {
  return status === 204 || status === 304 ? [] : ['content-length', '0'];
}
