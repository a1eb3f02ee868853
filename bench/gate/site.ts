/** One upstream and one project that all targets share: the same certificate, the same service. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecords } from '../../src/core/audit/index.ts';
import { makeProject } from '../../test/acceptance/harness/project.ts';
import { startChild } from './child.ts';
import { type LoadTarget, readIdentity } from './load.ts';
import { CONTRACT } from './workload.ts';

export interface Site {
  readonly folder: string;
  readonly config: string;
  readonly upstream_url: string;
  readonly connections: number;
  /** Paths of what the targets present. */
  readonly server: { readonly certificate: string; readonly key: string };
  /** PEM of what vouches for it. */
  readonly ca: string;
  readonly identity: NonNullable<LoadTarget['identity']>;
  /** Outcomes that say allowed, and intents, in the gate's log. */
  countRecords(): Promise<{ readonly allowed: number; readonly intents: number }>;
  close(): Promise<void>;
}

/** A few policies, so that the decision is one among several. */
const POLICIES = `@id("suppliers-may-call")
permit (principal in Group::"suppliers", action in Action::"call", resource in Api::"orders");

@id("globex-may-read")
permit (principal in Party::"globex", action == Action::"read", resource in Api::"orders");

@id("only-over-tls-1.3")
forbid (principal, action, resource) unless { context.tls.version == "TLSv1.3" };
`;

/** Budgets no load here reaches: they are counted as always, and refuse nothing. */
function unlimited(connections: number): string {
  const concurrency = Math.max(256, connections * 2);
  return `limits:
  source: 100000000/1s
  machine: 100000000/1s
  party: 100000000/1s
  operation: 100000000/1s
  concurrency: { machine: ${concurrency}, operation: ${concurrency} }
`;
}

export async function openSite(connections: number): Promise<Site> {
  const upstream = startChild('upstream');
  const upstream_url = `http://127.0.0.1:${await upstream.next<number>()}`;
  const project = await makeProject({
    upstream_url,
    // Streams of one party take half of them at most, and all callers here are of one party.
    upstream_more: `      connections: ${connections * 2}`,
    zone_more: `    connections: { per_source: 4096, new_per_source: 100000/1s, bytes_per_source: 4GiB/1s }`,
    contract: CONTRACT,
    policies: POLICIES,
    more: unlimited(connections),
  });
  const { folder, config, pki } = project;
  return {
    folder,
    config,
    upstream_url,
    connections,
    server: { certificate: join(pki, 'gate.pem'), key: join(pki, 'gate.key') },
    ca: readFileSync(join(pki, 'gate-ca.pem'), 'utf8'),
    identity: readIdentity(join(pki, 'acme-erp.pem'), join(pki, 'acme-erp.key')),
    async countRecords() {
      const counts = { allowed: 0, intents: 0 };
      for await (const { kind, ocsf } of readRecords(join(folder, 'data', 'audit'))) {
        if (kind === 'intent') counts.intents++;
        if (kind === 'outcome' && ocsf['status_code'] === undefined) counts.allowed++;
      }
      return counts;
    },
    async close() {
      await upstream.stop();
      project.remove();
    },
  };
}
