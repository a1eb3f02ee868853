/** Outcome records in the words of the tests, read from the log of a running gate. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readRecords, type StoredRecord } from '../../../src/core/audit/index.ts';
import type { Project } from './project.ts';

export interface Outcome {
  readonly exchange_id: string;
  readonly kind: 'intent' | 'outcome' | 'event';
  /** Of an event, its name. */
  readonly event: string | null;
  readonly verdict: string | null;
  /** Null where allowed. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly pointer: string | null;
  readonly machine: string | null;
  readonly party: string | null;
  /** Thumbprint of what was presented. */
  readonly credential: string | null;
  readonly method: string | null;
  /** Digest of the plan it walked. */
  readonly plan: string | null;
  /** Status of the answer to the caller. */
  readonly status: number | null;
  readonly operation: string | null;
  readonly upstream: { address: string | null; status: number | null; attempts: number; trimmed: number } | null;
  readonly tls: {
    version: string | null;
    cipher: string | null;
    group: string | null;
    resumed: boolean;
    sni: string | null;
    ja4: string | null;
    offered_groups: string[];
  } | null;
  /** Facts of an event. */
  readonly data: Readonly<Record<string, unknown>>;
}

const POLL_MS = 20;
const WAIT_MS = 5_000;

type Shape = Record<string, Record<string, Record<string, unknown>>>;

/** Every record of the project's log, oldest first. */
export async function outcomesOf(project: Project): Promise<Outcome[]> {
  const all: Outcome[] = [];
  for await (const record of readRecords(`${project.folder}/data/audit`)) all.push(read(record));
  return all;
}

/** The record of the exchange whose id an answer carried. */
export async function outcomeOf(project: Project, exchange_id: string | undefined): Promise<Outcome> {
  return untilOutcome(project, (outcome) => outcome.kind === 'outcome' && outcome.exchange_id === exchange_id);
}

/** The last record that passes `test` once `count` do, waiting within bounds; throws with what is there instead. */
export async function untilOutcome(project: Project, test: (outcome: Outcome) => boolean, count = 1): Promise<Outcome> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const all = await outcomesOf(project);
    const found = all.filter(test);
    if (found.length >= count) return found.at(-1)!;
    if (performance.now() > until) {
      const there = all.map(({ event, kind, code }) => event ?? code ?? kind).slice(-30);
      throw new Error(`${found.length} of ${count} such records; there are: ${there.join(' ')}`);
    }
    await sleep(POLL_MS);
  }
}

/** How many records have this code now. */
export async function countOf(project: Project, code: string): Promise<number> {
  return (await outcomesOf(project)).filter((outcome) => outcome.code === code).length;
}

function read({ kind, exchange_id, ocsf }: StoredRecord): Outcome {
  const shape = ocsf as Shape;
  const own = shape['unmapped']!['sallyport']!;
  const actor = shape['actor'] ?? {};
  const user = actor['user'] ?? {};
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    exchange_id: exchange_id ?? '',
    kind,
    event: text(own['event']),
    verdict: text(own['verdict']),
    code: text(ocsf['status_code']),
    reason: text(ocsf['status_detail']),
    pointer: text(own['pointer']),
    machine: text(user['uid']),
    party: text((user['org'] as { uid?: string } | undefined)?.uid),
    credential: text(user['credential_uid']) ?? text(actor['session']?.['credential_uid']),
    method: text(shape['http_request']?.['http_method']),
    plan: text(own['plan']),
    status: (shape['http_response']?.['code'] as number | undefined) ?? null,
    operation: text(shape['api']?.['operation']),
    upstream: (own['upstream'] ?? null) as Outcome['upstream'],
    tls: (own['tls'] ?? null) as Outcome['tls'],
    data: (own['data'] ?? {}) as Outcome['data'],
  };
}
