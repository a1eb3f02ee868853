import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { initProject } from '../../src/cli/init/init.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createPki } from '../../src/wiring/dev-pki.ts';
import { certificatesOf, expiryWarnings } from '../../src/wiring/expiry.ts';
import { liveFiles } from '../../src/wiring/project-files.ts';

const DAY_MS = 86_400_000;

test('a certificate of a listener is warned about in its last 30 days, and not before', async (context) => {
  const cwd = await mkdtemp(join(tmpdir(), 'sallyport-expiry-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  const made_ms = Date.UTC(2026, 0, 1);
  const ports = { now: () => made_ms, random: (size_bytes: number) => randomBytes(size_bytes) };
  await initProject({ folder: 'gate', cwd, path: undefined, createPki: (request) => createPki(request, ports) });
  const config = await loadConfig(join(cwd, 'gate', 'sallyport.yaml'));
  const certificates = certificatesOf(config, liveFiles);
  assert.deepEqual(expiryWarnings(certificates, made_ms + 330 * DAY_MS), []);
  const [warning, ...others] = expiryWarnings(certificates, made_ms + 345 * DAY_MS);
  assert.match(warning!, /gate\.pem: the certificate of ".*" expires on 2027-01-01, in (19|20) days$/);
  assert.deepEqual(others, []);
});
