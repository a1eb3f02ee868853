import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sallyport } from '../harness/cli.ts';
import { runGateProcess, startGateProcess } from '../harness/gate-process.ts';
import { makeProject, type Project } from '../harness/project.ts';

let project: Project;
before(async () => {
  project = await makeProject({ upstream_url: 'http://127.0.0.1:9' });
});
after(() => project.remove());

const run = (...args: string[]) => sallyport(project.folder, args);
const read = (path: string) => readFileSync(join(project.folder, path), 'utf8');

function edit(path: string, from: string, to: string): void {
  const text = read(path);
  assert.ok(text.includes(from), from);
  project.write(path, text.replace(from, to));
}

test('without a review nothing is said of it, and status names every operation', async () => {
  assert.equal((await run('validate')).stderr.includes('review'), false);
  const { exit_code, stdout } = await run('contract', 'status', 'orders');
  assert.equal(exit_code, 1);
  assert.match(stdout, /^ {2}never {5}orders\.createOrder$/m);
  assert.match(stdout, /^orders: 0 of 4 reviewed, in contracts\/orders\.review\.yaml$/m);
});

test('accepting enters every operation, and status is content', async () => {
  const accepted = await run(
    'contract',
    'accept',
    'orders',
    '--reviewer',
    'Ada',
    '--date',
    '2026-11-22',
    '--note',
    'ok: all',
  );
  assert.equal(accepted.exit_code, 0, accepted.stderr);
  assert.match(accepted.stdout, /4 entered for Ada, 2026-11-22; 4 of 4 reviewed/);
  assert.match(read('contracts/orders.review.yaml'), /note: "ok: all"/);
  const { exit_code, stdout } = await run('contract', 'status');
  assert.equal(exit_code, 0);
  assert.match(stdout, /^ {2}reviewed {2}orders\.createOrder +Ada, 2026-11-22: ok: all$/m);
});

test('a change in a shared schema makes every operation that uses it unreviewed, and others not', async () => {
  edit('contracts/orders.yaml', 'item: { type: string }', 'item: { type: string, maxLength: 100 }');
  const { exit_code, stdout } = await run('contract', 'status', '--json');
  assert.equal(exit_code, 1);
  const { apis } = JSON.parse(stdout) as { apis: { operations: { id: string; state: string }[] }[] };
  assert.deepEqual(
    apis[0]?.operations.filter(({ state }) => state === 'changed').map(({ id }) => id),
    ['orders.listOrders', 'orders.createOrder', 'orders.getOrder'],
  );
  assert.match((await run('validate')).stderr, /orders\.yaml: 3 operations are not reviewed as now/);
});

test('one operation is accepted by its name', async () => {
  const { stdout } = await run('contract', 'accept', 'orders', '--reviewer', 'Grace', '--operation', 'getOrder');
  assert.match(stdout, /1 entered for Grace, .*; 2 of 4 reviewed/);
  const unknown = await run('contract', 'accept', 'orders', '--reviewer', 'Grace', '--operation', 'getOdrer');
  assert.equal(unknown.exit_code, 2);
  assert.match(unknown.stderr, /no operation is named "getOdrer"/);
});

test('a gate starts and says once how much is not reviewed', async () => {
  const gate = await startGateProcess(project);
  assert.equal(await gate.stop(), 0);
  assert.equal(gate.output().match(/2 operations are not reviewed as now/g)?.length, 1);
});

test('where the configuration asks for a review, what is not reviewed stops the load at its place', async () => {
  edit('sallyport.yaml', '    zones: [partner]\n', '    zones: [partner]\n    review: required\n');
  const { code, stderr } = await runGateProcess(project);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /contracts\/orders\.yaml:5:5: CONTRACT_UNREVIEWED #\/paths\/~1orders\/get: orders\.listOrders is other than it was reviewed/,
  );
  assert.match(stderr, /sallyport contract accept orders --reviewer NAME/);
  assert.match(stderr, /^2 faults$/m);
  assert.equal((await run('contract', 'accept', 'orders', '--reviewer', 'Grace')).exit_code, 0);
  assert.equal((await run('validate')).exit_code, 0);
});

test('a gate that runs stays with its plan where a changed contract is not reviewed', async () => {
  const gate = await startGateProcess(project);
  edit('contracts/orders.yaml', 'maximum: 1000', 'maximum: 2000');
  gate.signal('SIGHUP');
  while (!/CONTRACT_UNREVIEWED/.test(gate.output())) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(gate.output(), /the plan in force stays/);
  assert.equal(await gate.stop(), 0);
});

test('a review file that is not sound is told at its place', async () => {
  edit('contracts/orders.review.yaml', 'version: 1', 'version: 3');
  const { exit_code, stderr } = await run('validate');
  assert.equal(exit_code, 2);
  assert.match(stderr, /contracts\/orders\.review\.yaml:\d+:\d+: CONTRACT_REVIEW version/);
});

test('free words that could play with a terminal are refused', async () => {
  const { exit_code, stderr } = await run(
    'contract',
    'accept',
    'orders',
    '--reviewer',
    'A\u001b[2Jda',
    '--date',
    '2026-13-01',
  );
  assert.equal(exit_code, 2);
  assert.match(stderr, /--reviewer: must be one line/);
  assert.match(stderr, /--date: must be a day/);
});
