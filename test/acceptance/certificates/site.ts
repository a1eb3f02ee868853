/** A gate that certifies machines, and partners who ask it to. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createDevelopmentCa } from '../../../src/core/trust/dev-ca.ts';
import { openssl } from '../../trust/openssl.ts';
import { makeSite, type Site } from '../durability/site.ts';
import { type CliRun, sallyport } from '../harness/cli.ts';

export const CA = `ca: { certificate: pki/machines-ca.pem, key: "file:pki/machines-ca.key", validity: 30d }
`;

/** Lines of the zone that trust the CA. */
const TRUST = '      machines: pki/machines-ca.pem\n';

/** A party whose machines prove themselves in every way there is. */
const PARTY = `party: initech
groups: [suppliers]
machines:
  initech-erp:
    credentials:
      - { trust: machines, uri: "spiffe://initech.example/erp" }
      - { trust: partner-ca, uri: "spiffe://initech.example/erp" }
  initech-two:
    credentials:
      - { trust: machines, uri: "spiffe://initech.example/two" }
      - { trust: machines, uri: "spiffe://initech.example/three" }
  initech-dns:
    credentials:
      - { trust: machines, dns: dns.initech.example }
  initech-gone:
    suspended: true
    credentials:
      - { trust: machines, uri: "spiffe://initech.example/gone" }
`;

export async function makeIssuingSite(context: TestContext, { more = CA }: { more?: string } = {}): Promise<Site> {
  const site = await makeSite(context, { more, zone_more: TRUST });
  const { project } = site;
  const ca = await createDevelopmentCa({
    name: 'Machines CA',
    days: 60,
    now_ms: Date.now(),
    random: (size_bytes) => randomBytes(size_bytes),
  });
  project.write('pki/machines-ca.pem', ca.cert);
  project.write('pki/machines-ca.key', ca.key);
  project.write('parties/initech.yaml', PARTY);
  return site;
}

/** Makes FILE.key and FILE.csr in the project's PKI, as a partner does. */
export function makeRequest(
  { project }: Site,
  file: string,
  key: readonly string[],
  more: readonly string[] = [],
): string {
  openssl(['genpkey', '-out', `${file}.key`, ...key], project.pki);
  openssl(['req', '-new', '-key', `${file}.key`, '-subj', '/CN=anybody', '-out', `${file}.csr`, ...more], project.pki);
  return join(project.pki, `${file}.csr`);
}

export const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const;

export function issue({ project }: Site, ...args: readonly string[]): Promise<CliRun> {
  return sallyport(project.folder, ['certificate', 'issue', '--config', project.config, ...args]);
}

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');

/** Runs the one command of a page that begins so, in the project's PKI, as whoever reads the page would. */
export function runAsTold({ project }: Site, page: string, begins: string): void {
  const text = readFileSync(join(DOCS, page), 'utf8');
  const blocks = [...text.matchAll(/```sh\n([^`]*)```/g)].map(([, block = '']) => block.trim());
  const block = blocks.find((one) => one.startsWith(begins));
  if (block === undefined) throw new Error(`${page} has no such command`);
  execFileSync('sh', ['-ec', block], { cwd: project.pki, stdio: 'pipe' });
}

export const textOf = ({ project }: Site, file: string): string => readFileSync(join(project.pki, file), 'utf8');
