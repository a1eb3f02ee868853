/** A gate of its own for one test file, a service behind it, and curl before it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type CurlAnswer, curl } from '../harness/curl.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { makeProject, type Project, type ProjectOptions } from '../harness/project.ts';
import { type FakeUpstream, type Received, startFakeUpstream } from '../harness/upstream.ts';
import { REST_CONTRACT, REST_POLICIES } from './contract.ts';
import { type RestRecord, readOutcome, recordsAbout } from './rest-record.ts';
import { restService } from './service.ts';

export const HTTP_VERSIONS = ['1.1', '2'] as const;
export type HttpVersion = (typeof HTTP_VERSIONS)[number];

export interface Call {
  /** Default GET. */
  readonly method?: string;
  /** Client certificate; null sends none. Default acme-erp. */
  readonly as?: string | null;
  /** Default 1.1. */
  readonly http?: HttpVersion;
  /** `Name: value` lines. */
  readonly headers?: readonly string[];
  /** Sent as it is; with a JSON Content-Type unless `headers` brings one. */
  readonly body?: string | Buffer;
  readonly args?: readonly string[];
}

export interface RestGate {
  readonly project: Project;
  readonly upstream: FakeUpstream;
  readonly gate: GateProcess;
  call(path: string, call?: Call): Promise<CurlAnswer>;
  /** The record of the exchange an answer belongs to; fails unless there is exactly one outcome. */
  recordOf(answer: CurlAnswer): Promise<RestRecord>;
  /** The only request that reached the service since the last look; fails unless there is exactly one. */
  onlyReceived(): Received;
  /** Fails when anything reached the service since the last look. */
  nothingReceived(): void;
  close(): Promise<void>;
}

/** Caps on connections so wide that only what is under test is met: every curl is a connection. */
const WIDE_CONNECTIONS = `    connections:
      new_per_source: 100000/1s
`;

type Options = Partial<Omit<ProjectOptions, 'upstream_url'>> & {
  /** Further files, written before the start: path in the project, text. */
  readonly files?: Readonly<Record<string, string>>;
  readonly prepare?: (project: Project) => Promise<void>;
};

export async function startRestGate({ files = {}, prepare, ...options }: Options = {}): Promise<RestGate> {
  const upstream = await startFakeUpstream();
  upstream.answer(restService);
  const project = await makeProject({
    zone_more: WIDE_CONNECTIONS,
    contract: REST_CONTRACT,
    policies: REST_POLICIES,
    ...options,
    upstream_url: upstream.url,
  });
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  await prepare?.(project);
  const gate = await startGateProcess(project).catch(async (error: unknown) => {
    await upstream.close();
    project.remove();
    throw error;
  });
  return {
    project,
    upstream,
    gate,
    call: (path, call = {}) => callGate(project, gate.port, path, call),
    async recordOf(answer) {
      const id = answer.headers['sallyport-exchange'];
      assert.ok(id, `the answer names no exchange: ${answer.status} ${answer.error}`);
      const outcomes = (await recordsAbout(project, id)).filter(({ kind }) => kind === 'outcome');
      assert.equal(outcomes.length, 1, `outcomes of ${id}`);
      return readOutcome(outcomes[0]!);
    },
    onlyReceived() {
      const received = upstream.received.splice(0);
      assert.equal(received.length, 1, 'requests that reached the service');
      return received[0]!;
    },
    nothingReceived() {
      assert.deepEqual(upstream.received.splice(0), [], 'requests that reached the service');
    },
    async close() {
      await gate.stop();
      await upstream.close();
      project.remove();
    },
  };
}

function callGate(project: Project, port: number, path: string, call: Call): Promise<CurlAnswer> {
  const { method = 'GET', as = 'acme-erp', http = '1.1', headers = [], body, args = [] } = call;
  const all = [`--http${http}`, ...(method === 'HEAD' ? ['--head'] : ['--request', method]), ...args];
  for (const line of headers) all.push('--header', line);
  if (body !== undefined) {
    const file = `body-${randomUUID()}`;
    project.write(file, body);
    if (!headers.some((line) => /^content-type[:;]/i.test(line)))
      all.push('--header', 'content-type: application/json');
    all.push('--data-binary', `@${project.folder}/${file}`);
  }
  return curl(project, port, path, { as, args: all });
}

export interface Expected {
  readonly status: number;
  /** The last part of the problem's URN. */
  readonly problem: string;
  readonly code: string;
  readonly step: string;
  readonly pointer?: string;
  /** Where the record says less than the caller is told: names the caller made up are not kept. */
  readonly recorded_pointer?: string;
  readonly rule?: string;
}

/**
 * Holds a refusal to both its sides: the problem says what the caller may know and nothing else, the record
 * says why, and nothing has reached the service.
 *
 * @returns the record
 */
export async function assertRefused(rest: RestGate, answer: CurlAnswer, expected: Expected): Promise<RestRecord> {
  const { status, problem, code, step, pointer, recorded_pointer = pointer, rule } = expected;
  rest.nothingReceived();
  assert.equal(answer.status, status, answer.body + answer.error);
  assert.equal(answer.headers['content-type'], 'application/problem+json');
  assert.equal(answer.headers['cache-control'], 'no-store');
  const told = JSON.parse(answer.body) as Record<string, unknown>;
  const { title } = told;
  assert.equal(typeof title, 'string');
  const errors = pointer === undefined ? {} : { errors: [{ pointer, ...(rule === undefined ? {} : { rule }) }] };
  const instance = `urn:uuid:${answer.headers['sallyport-exchange']}`;
  assert.deepEqual(told, { type: `urn:sallyport:problem:${problem}`, title, status, instance, ...errors });
  const record = await rest.recordOf(answer);
  assert.deepEqual(
    { verdict: record.verdict, code: record.code, step: record.step, status: record.status },
    { verdict: 'refused', code, step, status },
  );
  if (pointer !== undefined) assert.deepEqual([record.pointer, record.rule], [recorded_pointer, rule ?? null]);
  return record;
}
