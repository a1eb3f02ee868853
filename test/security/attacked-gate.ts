/** A gate of its own for one attack, in this process, so that its records and notices can be seen at once. */
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadConfig } from '../../src/config/load.ts';
import type { ExchangeRecord } from '../../src/core/audit/index.ts';
import { createDialler, systemLookup } from '../../src/core/resolver/index.ts';
import { ownWatching } from '../../src/processes/own-watching.ts';
import { startGate } from '../../src/wiring/single-gate.ts';
import { makeProject, type Project, type ProjectOptions } from '../acceptance/harness/project.ts';
import { type FakeUpstream, startFakeUpstream } from '../acceptance/harness/upstream.ts';
import { type Answer, openRaw, readAnswers } from '../acceptance/wire/raw-client.ts';
import type { ClientIdentity } from '../acceptance/wire/wire-gate.ts';

export interface AttackedGate {
  readonly project: Project;
  readonly upstream: FakeUpstream;
  readonly gate: Awaited<ReturnType<typeof startGate>>;
  readonly port: number;
  readonly outcomes: ExchangeRecord[];
  /** What the operator was told; a defect of ours would stand here. */
  readonly notices: string[];
  identity(name: string): ClientIdentity;
  /** One HTTP/1.1 request on a connection of its own. */
  send(bytes: string, as?: string): Promise<Answer>;
  stop(): Promise<void>;
}

const ANSWER_MS = 5_000;

export const WIDE_CONNECTIONS = `    connections:
      new_per_source: 100000/1s
      per_source: 5000
`;

export async function attackedGate(options: Partial<ProjectOptions> = {}): Promise<AttackedGate> {
  const upstream = await startFakeUpstream();
  const project = await makeProject({ zone_more: WIDE_CONNECTIONS, upstream_url: upstream.url, ...options });
  const outcomes: ExchangeRecord[] = [];
  const notices: string[] = [];
  const monotonic = () => performance.now();
  const gate = await startGate(
    await loadConfig(project.config),
    {
      now: () => Date.now(),
      monotonic,
      random: Math.random,
      randomFill: (buffer) => void randomFillSync(buffer),
      dialler: createDialler({ lookup: systemLookup, now: monotonic }),
      version: '0.0.0',
      onOutcome: (outcome) => void outcomes.push(outcome),
      onNotice: (line) => void notices.push(line),
    },
    ownWatching(process),
  );
  const { port } = gate.listeners[0]!;
  const identity = (name: string): ClientIdentity => ({
    cert: readFileSync(`${project.pki}/${name}.pem`),
    key: readFileSync(`${project.pki}/${name}.key`),
    ca: readFileSync(`${project.pki}/gate-ca.pem`),
  });
  return {
    project,
    upstream,
    gate,
    port,
    outcomes,
    notices,
    identity,
    async send(bytes, as = 'acme-erp') {
      const connection = await openRaw({ port, client: identity(as) });
      connection.write(bytes);
      await connection.until((received) => readAnswers(received).answers.length > 0, ANSWER_MS);
      const [answer] = readAnswers(connection.received()).answers;
      connection.destroy();
      if (!answer) throw new Error(`no answer: ${connection.received().toString('latin1')}`);
      return answer;
    },
    async stop() {
      await gate.stop(200);
      await upstream.close();
      project.remove();
    },
  };
}

export function get(path: string, more = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
}

export function post(path: string, body: string, more = ''): string {
  const length = Buffer.byteLength(body);
  const head = `Host: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}`;
  return `POST ${path} HTTP/1.1\r\n${head}\r\n${Buffer.from(body).toString('latin1')}`;
}
