/** A gate that does not open, or ends, lets go of its plan. */
import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Connections } from '../../src/channels/api/upstream/connections.ts';
import { loadConfig } from '../../src/config/load.ts';
import { openAuditLog } from '../../src/core/audit/index.ts';
import { PolicyEngine } from '../../src/core/policy/engine.ts';
import { createDialler, systemLookup } from '../../src/core/resolver/index.ts';
import { openGate } from '../../src/wiring/gate.ts';
import { liveFiles } from '../../src/wiring/project-files.ts';
import { makeProject } from '../acceptance/harness/project.ts';

/** Opens a gate on this port (0: any), with a log of its own. */
async function opening(context: TestContext, port: number) {
  const project = await makeProject({ upstream_url: 'http://127.0.0.1:9' });
  const { zones, ...config } = await loadConfig(project.config);
  const recorder = await openAuditLog({
    folder: `${config.data_folder}/audit`,
    now: () => Date.now(),
    segment_bytes: config.audit.segment_bytes,
    product_version: '0.0.0',
  });
  context.after(async () => {
    await recorder.close();
    project.remove();
  });
  const monotonic = () => performance.now();
  const ports = {
    now: () => Date.now(),
    monotonic,
    random: Math.random,
    randomFill: (buffer: Buffer) => void randomFillSync(buffer),
    dialler: createDialler({ lookup: systemLookup, now: monotonic }),
    version: '0.0.0',
    onOutcome: () => undefined,
    onNotice: () => undefined,
  };
  const source = { files: liveFiles, judged_ms: null, ticketKey: () => Buffer.alloc(48) };
  const parts = { recorder, recording: () => Promise.resolve(), source, sockets: null, slot: 1 };
  const placed = zones.map((zone) => ({ ...zone, listen: zone.listen.map((listen) => ({ ...listen, port })) }));
  return openGate({ ...config, zones: placed }, parts, ports);
}

/** How often policies and clients of upstreams are closed from here on. */
function closings(context: TestContext) {
  const policies = context.mock.method(PolicyEngine.prototype, 'close');
  const upstreams = context.mock.method(Connections.prototype, 'close');
  return () => [policies.mock.callCount(), upstreams.mock.callCount()];
}

test('a gate whose port is taken leaves no policy and no upstream of its plan open', async (context) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  context.after(() => taken.close());
  const closed = closings(context);
  await assert.rejects(opening(context, (taken.address() as AddressInfo).port), { name: 'LoadError' });
  assert.deepEqual(closed(), [1, 1]);
});

test('a gate that ends closes its policies and upstreams', async (context) => {
  const gate = await opening(context, 0);
  const closed = closings(context);
  await gate.stop(0);
  assert.deepEqual(closed(), [1, 1]);
});
