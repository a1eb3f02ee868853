/** A running gate as its operator sees it: the socket, the metrics, the commands. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask } from '../../admin/world.ts';
import { samplesOf } from '../../metrics/parse-exposition.ts';
import { sallyport } from '../harness/cli.ts';
import { curl } from '../harness/curl.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { findTool, missingTools } from '../harness/tools.ts';
import { type FakeUpstream, startFakeUpstream } from '../harness/upstream.ts';

const CANARY = 'canary-4711-canary';

describe('a running gate', { skip: missingTools('curl') }, () => {
  let upstream: FakeUpstream;
  let project: Project;
  let gate: GateProcess;
  let socket: string;

  before(async () => {
    upstream = await startFakeUpstream();
    const more = 'admin:\n  listen: [unix, "127.0.0.1:0"]\n';
    project = await makeProject({ upstream_url: upstream.url, more });
    gate = await startGateProcess(project);
    socket = join(project.folder, 'data', 'admin.sock');
  });

  after(async () => {
    await gate.stop();
    await upstream.close();
    project.remove();
  });

  async function metrics(): Promise<string> {
    return (await ask({ socket }, '/metrics')).body;
  }

  test('the socket is the gate’s alone, and curl reads it', () => {
    assert.equal(statSync(socket).mode & 0o777, 0o600);
    const asked = spawnSync('curl', ['--silent', '--unix-socket', socket, 'http://gate/ready'], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(asked.stdout), { ready: true, reasons: [] });
  });

  test('exchanges are counted by operation, verdict and code, and what callers send is no label', async () => {
    const headers = [`authorization: Bearer ${CANARY}`, `x-request-tag: ${CANARY}`];
    const args = headers.flatMap((line) => ['--header', line]);
    await curl(project, gate.port, `/api/orders?limit=5`, { args });
    await curl(project, gate.port, `/api/orders?limit=${CANARY}`, { args });
    await curl(project, gate.port, `/api/${CANARY}`, { args });
    await curl(project, gate.port, '/api/orders', { as: null });
    const text = await metrics();
    const counted = samplesOf(text, 'sallyport_exchanges_total').map(({ labels, value }) => [
      labels['operation'],
      labels['code'],
      value,
    ]);
    for (const [operation, code] of [
      ['orders.listOrders', 'none'],
      ['orders.listOrders', 'VALIDATE_PARAMETER'],
      ['none', 'MATCH_PATH'],
      ['none', 'AUTHN_NONE'],
    ] as const) {
      assert.ok(
        counted.some((one) => one[0] === operation && one[1] === code && one[2] === 1),
        `${operation} ${code} in ${JSON.stringify(counted)}`,
      );
    }
    assert.ok(!text.includes(CANARY));
    assert.ok(!text.includes('acme'), 'no party, no machine');
    assert.ok(!(await ask({ socket }, '/status')).body.includes(CANARY));
  });

  test('steps, memory, descriptors, certificates, upstreams and the event loop are told', async () => {
    const text = await metrics();
    const one = (name: string, label: string, value: string) =>
      samplesOf(text, name).find(({ labels }) => labels[label] === value)?.value;
    assert.ok(one('sallyport_step_duration_seconds_count', 'step', 'forward')! >= 1);
    assert.ok(one('sallyport_process_resident_memory_bytes', 'process', 'worker-1')! > 1e7);
    assert.ok(one('sallyport_process_cpu_seconds_total', 'process', 'worker-1')! > 0);
    assert.equal(one('sallyport_upstream_addresses', 'state', 'serving'), 1);
    const days = one('sallyport_certificate_remaining_seconds', 'name', 'partner-ca')! / 86_400;
    assert.ok(days > 58 && days < 61, `${days} days`);
    assert.ok(one('sallyport_event_loop_delay_seconds', 'share', '0.99')! >= 0);
    assert.ok(samplesOf(text, 'sallyport_record_duration_seconds_count')[0]!.value >= 1);
    assert.equal(samplesOf(text, 'sallyport_log_open')[0]?.value, 1);
  });

  test('promtool finds nothing to mend in them', { skip: missingTools('promtool') }, async () => {
    const checked = spawnSync(findTool('promtool')!, ['check', 'metrics'], {
      input: await metrics(),
      encoding: 'utf8',
    });
    assert.deepEqual([checked.status, checked.stderr], [0, '']);
  });

  test('status shows the gate and ends with 0', async () => {
    const { exit_code, stdout } = await sallyport(project.folder, ['status']);
    assert.equal(exit_code, 0, stdout);
    assert.match(stdout, /^test-gate is ready {2}Sallyport /);
    assert.match(stdout, new RegExp(`partner: https://127\\.0\\.0\\.1:${gate.port}, `));
    assert.match(stdout, /orders: http:\/\/127\.0\.0\.1:\d+: 127\.0\.0\.1 serving/);
    assert.match(stdout, /certificates +none expires within 30 days/);
  });

  test('top shows what happens between two looks', async () => {
    const calling = setInterval(() => void curl(project, gate.port, '/api/orders?limit=5'), 200);
    const { exit_code, stdout } = await sallyport(project.folder, ['top', '--once', '--interval', '3s']);
    clearInterval(calling);
    assert.equal(exit_code, 0);
    assert.match(stdout, /^orders\.listOrders .*\/s.* ms/m);
  });

  test('top ends when its reader does', async () => {
    const launcher = join(import.meta.dirname, '..', '..', '..', 'bin', 'sallyport');
    const piped = `"${process.execPath}" "${launcher}" top --interval 100ms | head -n 1`;
    const ran = spawnSync('bash', ['-c', piped], { cwd: project.folder, encoding: 'utf8', timeout: 30_000 });
    assert.deepEqual([ran.status, ran.stdout.split('\n').length], [0, 2]);
  });

  test('a reload shows the faults of the files with their lines, and the plan in force stays', async () => {
    const sound = readFileSync(project.config, 'utf8');
    writeFileSync(project.config, sound.replace('port: 0', 'port: "0"'));
    const refused = await sallyport(project.folder, ['reload']);
    assert.equal(refused.exit_code, 1);
    assert.match(
      refused.stderr,
      /sallyport\.yaml:\d+:15: CONFIG_TYPE zones\.partner\.listen\[0\]\.port: must be a number/,
    );
    assert.match(refused.stderr, /nothing has changed: plan [0-9a-f]{12} stays in force/);
    assert.match((await sallyport(project.folder, ['status'])).stdout, /the last reload was refused/);
    writeFileSync(project.config, sound);
    project.write('policies/orders.cedar', '@id("nobody")\nforbid (principal, action, resource);\n');
    const switched = await sallyport(project.folder, ['reload']);
    assert.deepEqual([switched.exit_code, switched.stderr], [0, '']);
    assert.match(switched.stdout, /^plan [0-9a-f]{12} is in force, in place of [0-9a-f]{12}\n$/);
    assert.equal((await curl(project, gate.port, '/api/orders?limit=5')).status, 403);
    const text = await metrics();
    const reloads = samplesOf(text, 'sallyport_reloads_total').map(({ labels, value }) => [labels['result'], value]);
    assert.deepEqual(reloads, [
      ['switched', 1],
      ['refused', 1],
    ]);
  });

  test('a reload by signal counts as well', async () => {
    gate.signal('SIGHUP');
    const switched = async () =>
      samplesOf(await metrics(), 'sallyport_reloads_total').find(({ labels }) => labels['result'] === 'switched')
        ?.value;
    const until = Date.now() + 20_000;
    while ((await switched()) !== 2) assert.ok(Date.now() < until, 'no reload was counted');
  });
});

describe('a gate that is not there', () => {
  test('a killed gate leaves a socket that says so, and the next start replaces it', async (context) => {
    const project = await makeProject({ upstream_url: 'http://127.0.0.1:1' });
    context.after(() => project.remove());
    const never = await sallyport(project.folder, ['status']);
    assert.equal(never.exit_code, 3);
    assert.match(never.stderr, /cannot be reached at .*data\/admin\.sock: there is no such socket/);
    const killed = await startGateProcess(project);
    await killed.kill();
    const gone = await sallyport(project.folder, ['status']);
    assert.deepEqual([gone.exit_code, /nobody listens there/.test(gone.stderr)], [3, true]);
    const next = await startGateProcess(project);
    context.after(() => next.stop());
    assert.equal((await sallyport(project.folder, ['status'])).exit_code, 0);
  });

  test('a data folder too deep for a socket stops the start, with what to do', async (context) => {
    const project = await makeProject({ upstream_url: 'http://127.0.0.1:1' });
    context.after(() => project.remove());
    const config = readFileSync(project.config, 'utf8');
    writeFileSync(project.config, config.replace('data: data', `data: ${'deep/'.repeat(30)}data`));
    const refused = await sallyport(project.folder, ['run']);
    assert.equal(refused.exit_code, 2);
    assert.match(
      refused.stderr,
      /LISTEN admin: the path of the admin socket is \d+ bytes long.*\n {2}→ Name a shorter one/,
    );
  });

  test('only a loopback port can be read, not told to reload', async (context) => {
    const project = await makeProject({
      upstream_url: 'http://127.0.0.1:1',
      more: 'admin: { listen: ["127.0.0.1:0"] }\n',
    });
    context.after(() => project.remove());
    const { exit_code, stderr } = await sallyport(project.folder, ['reload']);
    assert.equal(exit_code, 3);
    assert.match(stderr, /listens on no Unix socket.*SIGHUP/);
  });
});
