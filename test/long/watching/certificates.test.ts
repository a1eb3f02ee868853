/** Certificates that come to their end while the gate runs, as its operator sees it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GateProcess, startGateProcess } from '../../acceptance/harness/gate-process.ts';
import { type Forged, forgeNow, forgeRoot, writePair } from '../../acceptance/harness/identities.ts';
import { outcomesOf, untilOutcome } from '../../acceptance/harness/outcomes.ts';
import { makeProject, type Project } from '../../acceptance/harness/project.ts';
import { reload } from '../../acceptance/harness/reload.ts';
import { ask } from '../../admin/world.ts';
import { DAY_MS, SERVER_AUTH } from '../../trust/forge.ts';

/** Longer than a reload takes on a busy machine. */
const LIFE_MS = 12_000;

let project: Project;
let gate: GateProcess;
let root: Forged;

async function replaceGateCertificate(days: number): Promise<void> {
  const names = [{ type: 'dns' as const, value: 'localhost' }];
  const order = { name: 'gate', issuer: root, names, extended_key_usage: [SERVER_AUTH], to_days: days };
  writePair(project, 'gate', await forgeNow(order), [root]);
}

/** When the gate says that its own certificate expires, Unix milliseconds. */
async function toldEnd(): Promise<number> {
  const { body } = await ask({ socket: join(project.folder, 'data', 'admin.sock') }, '/status');
  const { certificates } = JSON.parse(body) as { certificates: { use: string; expires_ms: number }[] };
  return certificates.find(({ use }) => use === 'listener')!.expires_ms;
}

const noticesOf = (text: string): number => gate.output().split(text).length - 1;

describe('a certificate of a running gate', () => {
  before(async () => {
    project = await makeProject({ upstream_url: 'http://127.0.0.1:9' });
    root = await forgeRoot('Gate Root');
    await replaceGateCertificate(100);
    gate = await startGateProcess(project);
  });
  after(async () => {
    await gate.stop();
    project.remove();
  });

  it('that comes in force with less than a day left is told of, and so is its end, once and on record', async () => {
    const ends_ms = Date.now() + LIFE_MS;
    await replaceGateCertificate(LIFE_MS / DAY_MS);
    await reload(gate, 'switched');
    await untilOutcome(project, ({ event, data }) => event === 'certificate_expiring' && data['use'] === 'listener');
    assert.equal(noticesOf('pki/gate.pem: the certificate of "CN=gate" expires on'), 1);
    // The next one is put in place and not yet in force: what is told is of the one that callers see.
    await replaceGateCertificate(200);
    await sleep(Math.max(0, ends_ms - Date.now()));
    const { data } = await untilOutcome(project, ({ event }) => event === 'certificate_expired');
    assert.deepEqual([data['use'], data['zone'], data['name']], ['listener', 'partner', 'localhost']);
    assert.ok(Math.abs(Number(data['expires_ms']) - ends_ms) < 2_000);
    assert.equal(await toldEnd(), data['expires_ms']);
    assert.equal(noticesOf('pki/gate.pem: the certificate of "CN=gate" expired on'), 1);
    await reload(gate, 'switched');
    assert.ok((await toldEnd()) > Date.now() + 20 * DAY_MS);
    const expired = (await outcomesOf(project)).filter(({ event }) => event === 'certificate_expired');
    assert.equal(expired.length, 1);
  });
});
