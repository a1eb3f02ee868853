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

type Config = Awaited<ReturnType<typeof loadConfig>>;

async function loadedFrom(config: Config, files: ProjectFiles, now_ms: number, judged = false) {
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
  return loaded;
}

async function digestOf(...load: Parameters<typeof loadedFrom>): Promise<string> {
  return (await loadedFrom(...load)).plan.digest;
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

test('a plan with a private key in the file of the certificate of its CA is refused', async (context) => {
  const made = await project(context);
  const { cert, key } = made.partner_ca;
  made.write('pki/combined.pem', cert + key);
  made.write('pki/ca.key', key);
  const ca = 'ca: { certificate: pki/combined.pem, key: "file:pki/ca.key" }\n';
  made.write('sallyport.yaml', `${readFileSync(made.config, 'utf8')}${ca}`);
  const config = await loadConfig(made.config);
  await assert.rejects(loadedFrom(config, rememberingFiles(), Date.now()), ({ message }: Error) => {
    assert.match(message, /CERT_UNREADABLE ca\.certificate: .*pki\/combined\.pem: a private key stands in it/);
    return !message.includes(key.split('\n')[1]!);
  });
});

test('of the file that holds the certificate of a CA nothing else is told to a signer', async (context) => {
  const made = await project(context);
  const { cert } = made.partner_ca;
  made.write('pki/ca.pem', `words before\n${cert}words behind\n${readFileSync(`${made.pki}/gate-ca.pem`, 'utf8')}`);
  const ca = 'ca: { certificate: pki/ca.pem, key: "file:pki/ca.key" }\n';
  made.write('sallyport.yaml', `${readFileSync(made.config, 'utf8')}${ca}`);
  const loaded = await loadedFrom(await loadConfig(made.config), liveFiles, Date.now());
  const body = (pem: string) => pem.replaceAll(/\s/g, '');
  assert.equal(body(loaded.ca!.certificate), body(cert));
});
