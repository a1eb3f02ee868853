/** A gate whose contract has bodies of every format, and a service behind it that is given each request as it arrives. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WIDE_CONNECTIONS, WIDE_LIMITS } from '../durability/site.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { processesOf } from '../harness/processes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { BODIES_CONTRACT } from './contract.ts';

export const MIB = 1024 * 1024;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface BodiesGate {
  readonly project: Project;
  readonly gate: GateProcess;
  /** Requests that reached the service. */
  readonly count: () => number;
  /** Decides what the service does from now on. */
  serve(handler: Handler): void;
  /** Most memory the gate has held so far, in bytes. */
  peak(): number;
  close(): Promise<void>;
}

const LIMITS = `    limits: { body: 64MiB, response: 256MiB }
`;

export interface BodiesOptions {
  /** Lines of the zone, four spaces deep. */
  readonly zone_more?: string;
  /** Lines of the api, four spaces deep. */
  readonly api_more?: string;
}

export async function startBodiesGate({ zone_more = '', api_more = LIMITS }: BodiesOptions = {}): Promise<BodiesGate> {
  let handler: Handler = (_request, response) => void response.destroy();
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const project = await makeProject({
    upstream_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    contract: BODIES_CONTRACT,
    upstream_more: api_more,
    zone_more: WIDE_CONNECTIONS + zone_more,
    more: WIDE_LIMITS,
  });
  const end = (): void => {
    server.closeAllConnections();
    server.close();
    project.remove();
  };
  const gate = await startGateProcess(project).catch((error: unknown) => {
    end();
    throw error;
  });
  // Bodies are a worker's to carry.
  const [worker] = processesOf(gate.pid, 'worker');
  return {
    project,
    gate,
    count: () => count,
    serve(next) {
      handler = next;
    },
    peak: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${worker}/status`, 'latin1'))?.[1]) * 1024,
    async close() {
      await gate.kill();
      end();
    },
  };
}

/** Collects a message and hands it over. */
export function whole(message: IncomingMessage, tell: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => chunks.push(chunk));
  message.on('end', () => tell(Buffer.concat(chunks)));
}

/** Answers with what came: method, type and body in base64. */
export function echo(request: IncomingMessage, response: ServerResponse): void {
  whole(request, (body) => {
    const seen = {
      type: request.headers['content-type'] ?? '',
      coding: request.headers['content-encoding'] ?? '',
      length: request.headers['content-length'] ?? '',
      body: body.toString('base64'),
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(seen));
  });
}

export interface Echoed {
  readonly type: string;
  readonly coding: string;
  readonly length: string;
  readonly body: string;
}
