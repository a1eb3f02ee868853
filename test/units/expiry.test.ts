import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { initProject } from '../../src/cli/init/init.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createPki } from '../../src/wiring/dev-pki.ts';
import { certificateExpiries, certificatesOf, expiryWarnings } from '../../src/wiring/expiry.ts';
import { liveFiles } from '../../src/wiring/project-files.ts';

const DAY_MS = 86_400_000;

const MADE_MS = Date.UTC(2026, 0, 1);

/** A project made then, with more configuration than it begins with. */
async function projectWith(context: TestContext, more: string) {
  const cwd = await mkdtemp(join(tmpdir(), 'sallyport-expiry-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  const ports = { now: () => MADE_MS, random: (size_bytes: number) => randomBytes(size_bytes) };
  await initProject({ folder: 'gate', cwd, path: undefined, createPki: (request) => createPki(request, ports) });
  const file = join(cwd, 'gate', 'sallyport.yaml');
  await appendFile(file, more);
  return certificatesOf(await loadConfig(file), liveFiles);
}

test('a certificate of a listener is warned about in its last 30 days, and not before', async (context) => {
  const certificates = await projectWith(context, '');
  assert.deepEqual(expiryWarnings(certificates, MADE_MS + 330 * DAY_MS), []);
  const [warning, ...others] = expiryWarnings(certificates, MADE_MS + 345 * DAY_MS);
  assert.match(warning!, /gate\.pem: the certificate of ".*" expires on 2027-01-01, in (19|20) days$/);
  assert.deepEqual(others, []);
});

test('the end of what certifies the collector of traces is foretold like others', async (context) => {
  const collector = (more: string) => `traces:\n  collector: { url: "https://collector.internal:4318"${more} }\n`;
  const certificates = await projectWith(context, collector(', trust: .sallyport/pki/gate-ca.pem'));
  const { expires_ms, file, ...where } = certificateExpiries(certificates).find(({ use }) => use === 'collector')!;
  assert.deepEqual(where, { use: 'collector', zone: '', name: 'traces' });
  const warnings = expiryWarnings(certificates, expires_ms - DAY_MS);
  assert.ok(warnings.some((warning) => warning.startsWith(`${file}: the certificate of`)));
  const of_system = await projectWith(context, collector(''));
  assert.ok(!of_system.some(({ use }) => use === 'collector'));
});
