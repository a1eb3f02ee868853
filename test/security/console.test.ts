import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { curl } from '../acceptance/harness/curl.ts';
import { type GateProcess, startGateProcess } from '../acceptance/harness/gate-process.ts';
import { makeProject, type Project } from '../acceptance/harness/project.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { type FakeUpstream, startFakeUpstream } from '../acceptance/harness/upstream.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'sallyport');

let project: Project;
let upstream: FakeUpstream;
before(async () => {
  upstream = await startFakeUpstream();
  project = await makeProject({ upstream_url: upstream.url });
});
after(async () => {
  await upstream.close();
  project.remove();
});

/** Control, direction and line-separating characters: what a terminal or a line reader would act on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const ACTED_ON = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe('the line for an exchange', { skip: missingTools('curl') }, () => {
  let gate: GateProcess;
  before(async () => {
    gate = await startGateProcess(project);
  });
  after(() => gate.stop());

  it('cannot be forged by the names in a body', async () => {
    const forged = '12:00:00.000  globex-reports  orders.createOrder     allowed  201     1 ms';
    const names = [`\n${forged}`, '\u001b[2J\u001b[31m', '\u009b2J', '\u202eallowed', '\u2028'];
    for (const name of names) {
      const body = JSON.stringify({ item: 'bolt', quantity: 1, [name]: 1 });
      const args = ['--json', body];
      const answer = await curl(project, gate.port, '/api/orders', { args });
      assert.equal(answer.status, 422);
    }
    const output = gate.output();
    assert.doesNotMatch(output, ACTED_ON);
    assert.ok(!output.split('\n').some((line) => line.startsWith('12:00:00.000')));
  });
});

describe('a gate whose standard output went away', { skip: missingTools('curl') }, () => {
  it('goes on carrying and recording exchanges', async () => {
    const child = spawn(process.execPath, [LAUNCHER, 'run', '--exchanges', '--config', project.config], {
      cwd: project.folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    while (!/https:\/\/127\.0\.0\.1:\d+/.test(text)) await once(child.stdout, 'data');
    const port = Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(text)![1]);
    child.stdout.destroy();
    await curl(project, port, '/api/orders');
    const second = await curl(project, port, '/api/orders');
    const alive = child.exitCode === null && child.signalCode === null;
    child.kill('SIGTERM');
    await exited;
    assert.deepEqual([alive, second.status], [true, 200]);
  });
});
