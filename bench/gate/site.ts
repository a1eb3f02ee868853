/** One upstream and one project that all targets share: the same certificate, the same service. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeProject } from '../../test/acceptance/harness/project.ts';
import { startChild } from './child.ts';
import type { LoadTarget } from './load/caller.ts';
import { readIdentity } from './load/serve.ts';
import { CONTRACT } from './workload.ts';

export interface Site {
  readonly folder: string;
  readonly upstream_url: string;
  /** Most that a scenario makes, streams counted one by one. */
  readonly connections: number;
  /** Paths of what the targets present. */
  readonly server: { readonly certificate: string; readonly key: string };
  /** PEM of what vouches for it. */
  readonly ca: string;
  /** Path of what vouches for callers. */
  readonly partner_ca: string;
  readonly identity: NonNullable<LoadTarget['identity']>;
  /** SHA-1 of the caller's certificate, lower hex. */
  readonly client_sha1: string;
  /** Writes a configuration of the gate for one target, and returns its path. */
  configure(changes: ConfigChanges): string;
  close(): Promise<void>;
}

export interface ConfigChanges {
  readonly name: string;
  /** The data folder: no two gates share one. */
  readonly data: string;
  /** `gate.workers`; null is one. */
  readonly workers: number | null;
  /** Every guard off, to see what they cost. */
  readonly guards_off: boolean;
}

/** A few policies, so that the decision is one among several. */
const POLICIES = `@id("suppliers-may-call")
permit (principal in Group::"suppliers", action in Action::"call", resource in Api::"orders");

@id("globex-may-read")
permit (principal in Party::"globex", action == Action::"read", resource in Api::"orders");

@id("only-over-tls-1.3")
forbid (principal, action, resource) unless { context.tls.version == "TLSv1.3" };
`;

const GUARDS_OFF =
  '    guards: { secrets: off, exceptions: off, personal-data: off, volume: off, attacks: off, suspicions: off }\n';

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
  const text = readFileSync(config, 'utf8');
  const identity = readIdentity(join(pki, 'acme-erp.pem'), join(pki, 'acme-erp.key'));
  return {
    folder,
    upstream_url,
    connections,
    server: { certificate: join(pki, 'gate.pem'), key: join(pki, 'gate.key') },
    ca: readFileSync(join(pki, 'gate-ca.pem'), 'utf8'),
    partner_ca: join(pki, 'partner-ca.pem'),
    identity,
    client_sha1: new X509Certificate(identity.certificate).fingerprint.replaceAll(':', '').toLowerCase(),
    configure(changes) {
      const path = join(folder, `${changes.name}.yaml`);
      writeFileSync(path, changed(text, changes), { mode: 0o600 });
      return path;
    },
    async close() {
      await upstream.stop();
      project.remove();
    },
  };
}

function changed(text: string, { data, workers, guards_off }: ConfigChanges): string {
  const gate = `  data: ${data}\n  workers: ${workers ?? 1}\n`;
  const replaced = text.replace('  data: data\n  workers: 1\n', gate);
  return guards_off ? replaced.replace('    upstream:\n', `${GUARDS_OFF}    upstream:\n`) : replaced;
}
