/** A gate in this process, so that a test can see every record the moment it is on disk, and shorten every timer. */
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadConfig } from '../../../src/config/load.ts';
import type { ExchangeRecord } from '../../../src/core/audit/index.ts';
import { createDialler, systemLookup } from '../../../src/core/resolver/index.ts';
import { ownWatching } from '../../../src/processes/own-watching.ts';
import type { RunningGate } from '../../../src/wiring/running-gate.ts';
import { startGate } from '../../../src/wiring/single-gate.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { type FakeUpstream, startFakeUpstream } from '../harness/upstream.ts';

export interface WireGate {
  readonly project: Project;
  readonly upstream: FakeUpstream;
  readonly gate: RunningGate;
  readonly port: number;
  /** Every outcome on record, oldest first. */
  readonly outcomes: ExchangeRecord[];
  /** What the gate told its operator; a defect of ours would stand here. */
  readonly notices: string[];
  /** acme-erp, which may do everything. */
  readonly client: ClientIdentity;
  /** globex-reports, which may only read. */
  readonly reader: ClientIdentity;
  /** Resolves once at least `count` outcomes are on record; rejects with what is there when that takes too long. */
  outcomesReach(count: number, within_ms?: number): Promise<void>;
  /** Stops the gate, so that everything is on record. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface ClientIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

/** Budgets of requests so wide that only the caps under test are met. */
const WIDE_LIMITS = `limits:
  source: 100000/1s
  machine: 100000/1s
  party: 100000/1s
  operation: 100000/1s
`;

export const WIDE_CONNECTIONS = `    connections:
      new_per_source: 100000/1s
      per_source: 5000
`;

/** @param zone lines of the zone, four spaces deep */
export async function startWireGate(
  options: { zone?: string; api_more?: string; more?: string } = {},
): Promise<WireGate> {
  const { zone = WIDE_CONNECTIONS, api_more = '', more = '' } = options;
  const upstream = await startFakeUpstream();
  const project = await makeProject({
    upstream_url: upstream.url,
    upstream_more: api_more,
    zone_more: zone,
    more: WIDE_LIMITS + more,
  });
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
  let drained: Promise<void> | null = null;
  const drain = () => {
    drained ??= gate.stop(200);
    return drained;
  };
  return {
    project,
    upstream,
    gate,
    port: gate.listeners[0]!.port,
    outcomes,
    notices,
    client: identityOf(project, 'acme-erp'),
    reader: identityOf(project, 'globex-reports'),
    async outcomesReach(count, within_ms = 2000) {
      const until = performance.now() + within_ms;
      while (outcomes.length < count) {
        if (performance.now() > until) {
          throw new Error(`${outcomes.length} of ${count} outcomes: ${outcomes.map(({ code }) => code).join(', ')}`);
        }
        await sleep(2);
      }
    },
    drain,
    async stop() {
      await drain();
      await upstream.close();
      project.remove();
    },
  };
}

function identityOf({ pki }: Project, name: string): ClientIdentity {
  const file = (base: string) => readFileSync(`${pki}/${base}`);
  return { cert: file(`${name}.pem`), key: file(`${name}.key`), ca: file('gate-ca.pem') };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
