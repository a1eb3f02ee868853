/** The disk ends under a running gate. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { Answer, Partner } from '../../acceptance/durability/partner.ts';
import { makeSite, type Site, until } from '../../acceptance/durability/site.ts';
import { mountTinyDisk } from '../../acceptance/durability/tiny-disk.ts';
import { type GateProcess, runGateProcess } from '../../acceptance/harness/gate-process.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';
import { processesOf } from '../../acceptance/harness/processes.ts';
import { missingTools } from '../../acceptance/harness/tools.ts';

const no_prlimit = missingTools('prlimit');

/** No file of the process may become longer: what an unprivileged test can do to a disk. */
/** Of the process that writes the log. */
function limitFiles({ pid }: GateProcess, size: string): void {
  const [recorder] = processesOf(pid, 'recorder');
  execFileSync('prlimit', ['--pid', String(recorder), `--fsize=${size}:`]);
}

function endDisk(gate: GateProcess): void {
  limitFiles(gate, '1');
}

function freeDisk(gate: GateProcess): void {
  limitFiles(gate, 'unlimited');
}

function refusedAsUnavailable({ status, body, headers }: Answer): void {
  assert.equal(status, 503, body);
  assert.equal(headers['content-type'], 'application/problem+json');
  assert.match(body, /"urn:sallyport:problem:unavailable"/);
}

const ordersAt = ({ upstream }: Site): number => upstream.received.filter(({ method }) => method === 'POST').length;

/** Everything that was acknowledged with success has an allowed outcome; nothing else has. */
async function holdsToItsWord(site: Site, acknowledged: readonly Answer[]): Promise<void> {
  const records = await outcomesOf(site.project);
  const allowed = records.filter(({ verdict }) => verdict === 'allowed').map(({ exchange_id }) => exchange_id);
  assert.deepEqual(allowed.toSorted(), acknowledged.map(({ exchange_id }) => exchange_id).toSorted());
}

async function callsWhileFull(site: Site, partner: Partner): Promise<void> {
  const before = ordersAt(site);
  const answers = await Promise.all([partner.order(), partner.read(), partner.order(), partner.read()]);
  answers.push(await partner.order(), await partner.read());
  for (const answer of answers) refusedAsUnavailable(answer);
  assert.equal(ordersAt(site), before, 'no order is executed without an intent');
}

async function untilBack(partner: Partner): Promise<Answer> {
  let answer: Answer | null = null;
  await until('the log is back', async () => {
    const next = await partner.read();
    if (next.status === 200) answer = next;
    return answer !== null;
  });
  return answer!;
}

test('while the disk is full exchanges are refused and no order is executed; with space the gate is back', async (context) => {
  const site = await makeSite(context);
  const disk = mountTinyDisk(site, '512k');
  // A right of the user, not a program to install: the tests below bound the file size instead.
  if (disk === null) return context.skip('this user may not mount a file system');
  const gate = await site.start();
  const partner = site.partner(gate);
  const acknowledged = [await partner.order(), await partner.read()];
  disk.fill();
  // What is left of the segment's last block is used up by records that still fit.
  await until('the disk is full', async () => {
    const answer = await partner.read();
    if (answer.status === 200) acknowledged.push(answer);
    return answer.status === 503;
  });
  await callsWhileFull(site, partner);
  assert.match(gate.output(), /cannot record \(ENOSPC\) in \S+audit: every exchange is refused until the log is back/);
  disk.free();
  acknowledged.push(await untilBack(partner), await partner.order());
  assert.match(gate.output(), /the log is back: exchanges are accepted again/);
  assert.equal(await gate.stop(), 0);
  await holdsToItsWord(site, acknowledged);
});

test('a gate whose files may not grow refuses, keeps what it acknowledged, and comes back without a restart', {
  skip: no_prlimit,
}, async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const partner = site.partner(gate);
  const acknowledged = [await partner.order(), await partner.read()];
  endDisk(gate);
  await callsWhileFull(site, partner);
  freeDisk(gate);
  acknowledged.push(await untilBack(partner), await partner.order());
  assert.equal(await gate.stop(), 0);
  await holdsToItsWord(site, acknowledged);
  const events = (await outcomesOf(site.project)).filter(({ event }) => event === 'log_resumed');
  assert.equal(events[0]?.data['os_code'], 'EFBIG');
});

test('an order executed before the disk ended is refused and closed as OUTCOME_UNKNOWN once there is space', {
  skip: no_prlimit,
}, async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const partner = site.partner(gate);
  site.upstream.answer((_request, response) => {
    endDisk(gate);
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end('{"id":"0190b8a0-0000-7000-8000-000000000001","item":"bolt"}');
  });
  const refused = await partner.order();
  refusedAsUnavailable(refused);
  assert.equal(ordersAt(site), 1);
  freeDisk(gate);
  await until('the intent is closed', async () => {
    const records = await outcomesOf(site.project);
    return records.some(({ code, exchange_id }) => code === 'OUTCOME_UNKNOWN' && exchange_id === refused.exchange_id);
  });
  assert.equal(await gate.stop(), 0);
});

test('a reload while the disk is full takes effect, says that it is not on record, and the gate lives', {
  skip: no_prlimit,
}, async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const partner = site.partner(gate);
  assert.equal((await partner.read()).status, 200);
  endDisk(gate);
  refusedAsUnavailable(await partner.read());
  site.project.write('policies/orders.cedar', 'forbid (principal, action, resource);\n');
  gate.signal('SIGHUP');
  await until('the plan is in force', () => /plan \w+ is in force/.test(gate.output()));
  assert.match(gate.output(), /the switch to another plan is not on record/);
  freeDisk(gate);
  await until('the log is back', () => gate.output().includes('the log is back:'));
  assert.equal((await partner.read()).status, 403);
  assert.equal(await gate.stop(), 0);
});

test('a gate that cannot write its first record does not start, says why and ends with code 2', {
  skip: no_prlimit,
}, async (context) => {
  const site = await makeSite(context);
  await (await site.start()).stop();
  const run = await runGateProcess(site.project, { wrapper: ['prlimit', '--fsize=100:'] });
  assert.equal(run.code, 2, run.stderr);
  assert.match(run.stderr, /data\/audit/);
  assert.match(run.stderr, /cannot write to the audit log \(EFBIG\)/);
});
