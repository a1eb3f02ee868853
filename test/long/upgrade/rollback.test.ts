/** What docs/upgrade.md says about going back to a version that knows less than the one before it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runGateProcess, startGateProcess } from '../../acceptance/harness/gate-process.ts';
import { makeProject, type Project } from '../../acceptance/harness/project.ts';

async function projectWithLog(context: TestContext): Promise<{ project: Project; segment: string }> {
  const project = await makeProject({ upstream_url: 'http://127.0.0.1:9' });
  context.after(() => project.remove());
  const gate = await startGateProcess(project);
  await gate.stop();
  return { project, segment: join(project.folder, 'data', 'audit', 'audit-000001.ndjson') };
}

test('a log of a later format is refused at the start, and not a byte of it is changed', async (context) => {
  const { project, segment } = await projectWithLog(context);
  const later = readFileSync(segment, 'utf8').replace('{"sallyport_audit":1,', '{"sallyport_audit":2,');
  writeFileSync(segment, later);
  const { code, stderr } = await runGateProcess(project);
  assert.equal(code, 2);
  assert.match(stderr, /DATA_FOLDER/);
  assert.match(stderr, /audit-000001\.ndjson/);
  assert.equal(readFileSync(segment, 'utf8'), later);
});

test('a configuration with a key that only a later version knows is refused with its place', async (context) => {
  const { project } = await projectWithLog(context);
  const text = readFileSync(project.config, 'utf8');
  writeFileSync(project.config, text.replace('  data: data', '  data: data\n  from_the_future: 4'));
  const { code, stderr } = await runGateProcess(project);
  assert.equal(code, 2);
  assert.match(stderr, /sallyport\.yaml:\d+:\d+: .*from_the_future/);
});

test('what was learned by a later version is begun anew, with a notice, and the gate starts', async (context) => {
  const { project } = await projectWithLog(context);
  for (const file of ['usage.json', 'volumes.json']) project.write(join('data', file), '{"version":99}\n');
  const gate = await startGateProcess(project);
  await gate.stop();
  assert.match(gate.output(), /usage\.json cannot be used/);
  assert.match(gate.output(), /volumes\.json cannot be used/);
});
