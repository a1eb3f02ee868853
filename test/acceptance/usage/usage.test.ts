import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { UsageView } from '../../../src/cli/contract-actions.ts';
import { sallyport } from '../harness/cli.ts';
import { curl } from '../harness/curl.ts';
import { startGateProcess } from '../harness/gate-process.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { missingTools } from '../harness/tools.ts';
import { type FakeUpstream, startFakeUpstream } from '../harness/upstream.ts';
import { restService } from '../rest/service.ts';

const skip = missingTools('curl');
let project: Project;
let upstream: FakeUpstream;

before(async () => {
  if (skip) return;
  upstream = await startFakeUpstream();
  upstream.answer(restService);
  project = await makeProject({ upstream_url: upstream.url });
});

after(async () => {
  if (skip) return;
  await upstream.close();
  project.remove();
});

/** Runs a gate for these calls, each a path and what curl is told besides. */
async function gateFor(calls: readonly (readonly [path: string, ...args: string[]])[]): Promise<string> {
  const gate = await startGateProcess(project);
  try {
    for (const [path, ...args] of calls) await curl(project, gate.port, path, { args });
  } finally {
    assert.equal(await gate.stop(), 0);
  }
  return gate.output();
}

async function usage(): Promise<UsageView> {
  const { stdout, stderr } = await sallyport(project.folder, ['contract', 'usage', 'orders', '--json']);
  assert.equal(stderr, '');
  return (JSON.parse(stdout) as { apis: UsageView[] }).apis[0]!;
}

function operation({ operations }: UsageView, id: string) {
  const found = operations.find((candidate) => candidate.id === `orders.${id}`);
  assert.ok(found, id);
  return found;
}

const JSON_TYPE = ['--header', 'content-type: application/json'];
const canary = '7c0ffee';
const file = () => join(project.folder, 'data', 'usage.json');

test('before anything is counted the command says so', { skip }, async () => {
  const { exit_code, stdout } = await sallyport(project.folder, ['contract', 'usage']);
  assert.deepEqual([exit_code, stdout], [0, 'orders: nothing is counted under this contract yet\n']);
});

test('a gate counts what is used of its contract, names and no values', { skip }, async () => {
  await gateFor([
    ['/api/orders?limit=7', '--header', `X-Request-Tag: ${canary}`],
    ['/api/orders'],
    ['/api/orders?undeclared=1'],
    ['/api/orders', ...JSON_TYPE, '--data', `{"item":"${canary}","quantity":2}`],
    ['/api/nothing-of-the-kind'],
  ]);
  const counted = await usage();
  const list = operation(counted, 'listOrders');
  assert.deepEqual([list.exchanges, list.looked_into], [2, 2]);
  const request = list.parts.find(({ part }) => part === 'request');
  assert.ok(request?.used.some(({ place, times }) => place === 'query/limit' && times === 1));
  assert.ok(request?.used.some(({ place, times }) => place === 'header/x-request-tag' && times === 1));
  const make = operation(counted, 'createOrder').parts.find(({ part }) => part === 'request');
  assert.deepEqual(
    make?.used.map(({ place }) => place),
    ['body/item', 'body/quantity', 'body/party'],
  );
  assert.equal(operation(counted, 'deleteOrder').exchanges, 0);
  assert.doesNotMatch(readFileSync(file(), 'utf8'), new RegExp(canary));
  assert.equal(statSync(file()).mode & 0o777, 0o600);
});

test('what was counted goes on after a restart, and what nobody uses is named', { skip }, async () => {
  await gateFor([['/api/orders']]);
  assert.equal(operation(await usage(), 'listOrders').exchanges, 3);
  const { exit_code, stdout } = await sallyport(project.folder, ['contract', 'usage', '--unused']);
  assert.equal(exit_code, 1);
  assert.match(stdout, /^ {2}unused {2}orders\.deleteOrder$/m);
  assert.match(stdout, /^orders: 4 exchanges since \d{4}-\d\d-\d\d \d\d:\d\d UTC, 2 of 4 operations unused$/m);
});

test('under another contract counting begins anew', { skip }, async () => {
  const path = join(project.folder, 'contracts', 'orders.yaml');
  const text = readFileSync(path, 'utf8');
  project.write('contracts/orders.yaml', text.replace('maximum: 100 }', 'maximum: 99 }'));
  await gateFor([['/api/orders']]);
  assert.equal(operation(await usage(), 'listOrders').exchanges, 1);
});

test('a damaged count is told, and counting begins anew', { skip }, async () => {
  project.write('data/usage.json', '{"version":1');
  const { exit_code, stderr } = await sallyport(project.folder, ['contract', 'usage']);
  assert.equal(exit_code, 2);
  assert.match(stderr, /DATA_FOLDER the file is not what a gate wrote/);
  assert.match(await gateFor([['/api/orders']]), /usage\.json cannot be used: .* is counted anew/);
  assert.equal(operation(await usage(), 'listOrders').exchanges, 1);
});
