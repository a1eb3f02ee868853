import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { createBudgets } from '../../src/channels/api/budgets.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createDialler, systemLookup } from '../../src/core/resolver/index.ts';
import { loadPlan } from '../../src/wiring/load-plan.ts';
import { upstreamOpener } from '../../src/wiring/open-upstream.ts';
import { liveFiles, type ProjectFiles, rememberingFiles, storedFiles } from '../../src/wiring/project-files.ts';
import { restoreConfig, storeConfig } from '../../src/wiring/stored-plan.ts';
import { makeProject, type Project } from '../acceptance/harness/project.ts';

async function project(context: TestContext): Promise<Project> {
  const made = await makeProject({ upstream_url: 'http://127.0.0.1:9' });
  context.after(() => made.remove());
  return made;
}

const monotonic = () => performance.now();
const openUpstream = upstreamOpener({
  dialler: createDialler({ lookup: systemLookup, now: monotonic }),
  monotonic,
  random: Math.random,
  onHealth: () => undefined,
});

async function digestOf(
  config: Awaited<ReturnType<typeof loadConfig>>,
  files: ProjectFiles,
  now_ms: number,
  judged = false,
) {
  const loaded = loadPlan(config, {
    now: () => now_ms,
    openUpstream,
    budgetsFor: createBudgets,
    files,
    judged,
    reads_ca_key: false,
  });
  loaded.policy.close();
  await Promise.all([...loaded.upstreams.values()].map((upstream) => upstream.close()));
  return loaded.plan.digest;
}

test('a configuration comes back from its text as it was', async (context) => {
  const config = await loadConfig((await project(context)).config);
  assert.deepEqual(restoreConfig(storeConfig(config)), config);
});

test('a plan loads again from what was read, when its files are gone and its certificates have expired', async (context) => {
  const { config: path, folder } = await project(context);
  const config = await loadConfig(path);
  const judged_ms = Date.now();
  const files = rememberingFiles();
  const digest = await digestOf(config, files, judged_ms);
  assert.equal(await digestOf(config, liveFiles, judged_ms), digest);
  const stored = JSON.parse(JSON.stringify(files.stored())) as ReturnType<typeof files.stored>;
  rmSync(folder, { recursive: true });
  const again = storedFiles(stored);
  assert.equal(await digestOf(restoreConfig(storeConfig(config)), again, judged_ms, true), digest);
  assert.throws(() => again.text('/etc/passwd'), 'what the load did not read is not there');
});

test('keys are kept byte for byte', async (context) => {
  const { pki } = await project(context);
  const files = rememberingFiles();
  const key = `${pki}/gate.key`;
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const read = hash(files.secret(key));
  assert.equal(hash(storedFiles(files.stored()).secret(key)), read);
});

test('the key of a CA is neither read for the plan nor kept with it, and the CA is part of its digest', async (context) => {
  const made = await project(context);
  const ca = 'ca: { certificate: pki/partner-ca.pem, key: "file:pki/partner-ca.key", validity: 30d }\n';
  const without = await loadConfig(made.config);
  const text = readFileSync(made.config, 'utf8');
  made.write('sallyport.yaml', `${text}${ca}`);
  const config = await loadConfig(made.config);
  const files = rememberingFiles();
  const digest = await digestOf(config, files, Date.now());
  assert.notEqual(digest, await digestOf(without, liveFiles, Date.now()));
  // There is no such file, and nobody has missed it.
  const stored = JSON.stringify([files.stored(), storeConfig(config)]);
  assert.deepEqual(Object.keys(files.stored().secrets), [`${made.pki}/gate.key`]);
  assert.equal(stored.includes('BEGIN CERTIFICATE'), true);
  made.write('sallyport.yaml', `${text}${ca.replace('30d', '31d')}`);
  assert.notEqual(await digestOf(await loadConfig(made.config), liveFiles, Date.now()), digest);
});
