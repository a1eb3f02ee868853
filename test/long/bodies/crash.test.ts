import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB, startBodiesGate } from '../../acceptance/bodies/bodies-gate.ts';
import { CLIENTS, drain } from '../../acceptance/bodies/client.ts';
import { startGateProcess } from '../../acceptance/harness/gate-process.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';

test('a gate killed in the middle of an answer leaves no clean end, and the next start closes its intent', async (context) => {
  const site = await startBodiesGate();
  context.after(() => site.close());
  site.serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.write(Buffer.alloc(MIB));
  });
  const sent = CLIENTS['1.1']!(site.project, site.gate.port, { method: 'GET', path: '/api/files/a' });
  const { headers, body } = await sent.answer;
  const drained = drain(body);
  await new Promise((resolve) => body.once('data', resolve));
  await site.gate.kill();
  assert.equal((await drained).clean, false);
  const again = await startGateProcess(site.project);
  await again.kill();
  const about = (await outcomesOf(site.project)).filter(
    ({ exchange_id }) => exchange_id === headers['sallyport-exchange'],
  );
  assert.deepEqual(
    about.map(({ kind, code }) => [kind, code]),
    [
      ['intent', null],
      ['outcome', 'OUTCOME_UNKNOWN'],
    ],
  );
});
