import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { curl } from '../harness/curl.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { outcomeOf, outcomesOf } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { missingTools } from '../harness/tools.ts';

const SERVICE = fileURLToPath(new URL('./half-answer.ts', import.meta.url));

/** The service and what it prints, line by line. */
async function startService(port: number): Promise<{ child: ChildProcess; said: () => Promise<string> }> {
  const child = spawn(process.execPath, [SERVICE, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = async () => String((await once(child.stdout!, 'data'))[0]).trim();
  return { child, said };
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('an upstream that is killed', { skip: missingTools('curl') }, () => {
  let project: Project;
  let gate: GateProcess;
  let service: Awaited<ReturnType<typeof startService>>;
  let port: number;

  before(async () => {
    service = await startService(0);
    port = Number(await service.said());
    project = await makeProject({ upstream_url: `http://127.0.0.1:${port}` });
    gate = await startGateProcess(project);
  });
  after(async () => {
    await kill(service.child);
    await gate.stop();
    project.remove();
  });

  const get = () => curl(project, gate.port, '/api/orders');
  const post = () =>
    curl(project, gate.port, '/api/orders', {
      args: ['-H', 'content-type: application/json', '--data', '{"item":"bolt","quantity":3}'],
    });

  it('in the middle of an answer makes it a 502, recorded as FORWARD_BROKEN after its intent', async () => {
    assert.equal((await get()).status, 200);
    const half = service.said();
    const answering = post();
    assert.equal(await half, 'half');
    await kill(service.child);
    const answer = await answering;
    assert.equal(answer.status, 502);
    assert.doesNotMatch(answer.body, /item/);
    const { code, exchange_id } = await outcomeOf(project, answer.headers['sallyport-exchange']);
    assert.equal(code, 'FORWARD_BROKEN');
    const records = (await outcomesOf(project)).filter((record) => record.exchange_id === exchange_id);
    assert.deepEqual(
      records.map(({ kind }) => kind),
      ['intent', 'outcome'],
    );
  });

  it('is FORWARD_UNREACHABLE while it is down, however often it is asked', async () => {
    for (let round = 0; round < 8; round++) {
      const answer = await (round % 2 === 0 ? get() : post());
      assert.equal(answer.status, 502);
      const { code, reason } = await outcomeOf(project, answer.headers['sallyport-exchange']);
      assert.equal(code, 'FORWARD_UNREACHABLE');
      assert.equal(reason, 'ECONNREFUSED');
    }
  });

  it('gets the calls at once when it is back, though its one address was failing', async () => {
    service = await startService(port);
    assert.equal(await service.said(), String(port));
    assert.equal((await get()).status, 200);
  });
});
