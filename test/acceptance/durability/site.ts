/** A project, the service behind it and a gate in front, made for one test and gone after it. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type GateProcess, type ProcessOptions, startGateProcess } from '../harness/gate-process.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { type FakeUpstream, startFakeUpstream } from '../harness/upstream.ts';
import { createPartner, type Partner, type PartnerOptions } from './partner.ts';

export interface Site {
  readonly project: Project;
  readonly upstream: FakeUpstream;
  /** Starts a gate on the project; the test's end kills it when the test did not. */
  start(options?: ProcessOptions): Promise<GateProcess>;
  /** A partner of a gate; its connections end with the test. */
  partner(gate: GateProcess, options?: PartnerOptions): Partner;
  /** Called at the end, when no gate runs any more and the project is still there. */
  onEnd(cleanup: () => void): void;
}

/** Budgets that no test meets by accident. */
export const WIDE_LIMITS = `limits:
  source: 1000000/1s
  machine: 1000000/1s
  party: 1000000/1s
  operation: 1000000/1s
  concurrency: { machine: 1000, operation: 1000 }
`;

export const WIDE_CONNECTIONS = `    connections: { total: 10000, per_source: 10000, new_per_source: 100000/1s, bytes_per_source: 1GiB/1s }
`;

export interface SiteOptions {
  /** Top-level lines of the configuration. */
  readonly more?: string;
  readonly zone_more?: string;
  readonly upstream_more?: string;
  /** Default 1. */
  readonly workers?: number;
}

export async function makeSite(context: TestContext, options: SiteOptions = {}): Promise<Site> {
  const upstream = await startFakeUpstream();
  const project = await makeProject({
    upstream_url: upstream.url,
    more: WIDE_LIMITS,
    zone_more: WIDE_CONNECTIONS,
    ...options,
  });
  const gates: GateProcess[] = [];
  const partners: Partner[] = [];
  const cleanups: (() => void)[] = [];
  context.after(async () => {
    for (const partner of partners) partner.close();
    await Promise.all(gates.map((gate) => gate.kill()));
    await upstream.close();
    for (const cleanup of cleanups) cleanup();
    project.remove();
  });
  return {
    project,
    upstream,
    async start(process_options) {
      const gate = await startGateProcess(project, process_options);
      gates.push(gate);
      return gate;
    },
    partner(gate, given) {
      const partner = createPartner(project, gate.port, given);
      partners.push(partner);
      return partner;
    },
    onEnd: (cleanup) => void cleanups.push(cleanup),
  };
}

/** Waits until `test` holds; throws what it was waiting for when that takes too long. */
export async function until(what: string, test: () => boolean | Promise<boolean>, within_ms = 5000): Promise<void> {
  const end = performance.now() + within_ms;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const NOBODY = 65_534;

/** Options for a gate without root's rights: gives a root's project to nobody; any other user's is right as it is. */
export function withoutPrivileges({ project }: Site): ProcessOptions {
  if (process.getuid?.() !== 0) return {};
  execFileSync('chown', ['-R', String(NOBODY), project.folder]);
  return { uid: NOBODY };
}

/** The files of the log, in order. */
export function segmentsOf({ project }: Site): string[] {
  const folder = join(project.folder, 'data', 'audit');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .map((name) => join(folder, name));
}
