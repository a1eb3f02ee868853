/** A small sound project in a temporary folder, to break one thing at a time. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type GateConfig, loadConfig } from '../../src/config/load.ts';
import { formatFault, LoadError } from '../../src/core/errors/faults.ts';

export const GATE = `version: 1
gate:
  name: orders-gate
zones:
  partner:
    listen:
      - address: 127.0.0.1
        port: 8443
        names: [localhost]
        certificate: { chain: pki/gate.pem, key: "file:pki/gate.key" }
    trust:
      acme-ca: pki/acme-ca.pem
    tls: modern
    timeouts: { headers: 10s }
groups:
  suppliers: { in: [partners] }
  partners: {}
parties: parties/*.yaml
policies: policies/*.cedar
apis:
  orders:
    contract: contracts/orders.yaml
    zones: [partner]
    path: /orders-api
    upstream:
      url: http://127.0.0.1:9000
limits:
  machine: 600/1m
`;

export const PARTY = `party: acme
groups: [suppliers]
machines:
  acme-erp:
    zones: [partner]
    credentials:
      - { trust: acme-ca, uri: "spiffe://acme.example/erp" }
`;

/** Files by relative path; null leaves one out, a text that begins with `-> ` makes a symbolic link. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

const SOUND: Files = {
  'sallyport.yaml': GATE,
  'parties/acme.yaml': PARTY,
  'policies/orders.cedar': 'permit (principal, action, resource);\n',
  'contracts/orders.yaml': 'openapi: 3.1.0\n',
};

/** Makes the project with some files changed; it is removed after the test. */
export async function makeProject(context: TestContext, changes: Files = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-config-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries({ ...SOUND, ...changes })) {
    if (content === null) continue;
    await mkdir(join(folder, dirname(path)), { recursive: true, mode: 0o755 });
    if (typeof content === 'string' && content.startsWith('-> ')) await symlink(content.slice(3), join(folder, path));
    else await writeFile(join(folder, path), content, { mode: 0o644 });
  }
  return folder;
}

export function loadProject(folder: string): Promise<GateConfig> {
  return loadConfig(join(folder, 'sallyport.yaml'));
}

/** The faults of a project as the user sees them, with the folder's name left out. */
export async function faultsOf(folder: string): Promise<string[]> {
  try {
    await loadProject(folder);
    return [];
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return error.faults.map((fault) => formatFault(fault).replaceAll(`${folder}/`, ''));
  }
}

/** One text for another, exactly once. */
export function edit(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once`);
  return text.replace(from, () => to);
}
