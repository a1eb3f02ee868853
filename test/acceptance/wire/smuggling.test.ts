import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { recordsOf } from '../harness/gate-process.ts';
import { FRAMING } from './cases/framing.ts';
import { MEANING } from './cases/meaning.ts';
import { SYNTAX } from './cases/syntax.ts';
import { get, type WireCase } from './cases/wire-case.ts';
import { openRaw, readAnswers } from './raw-client.ts';
import { sleep, startWireGate, type WireGate } from './wire-gate.ts';

/** Short, so that a gate that waits for bytes that never come shows its answer within the bound. */
const SHORT = `    connections:
      new_per_source: 100000/1s
    timeouts: { handshake: 2s, headers: 300ms, body: 300ms, idle: 5s, total: 5s }
`;
const BOUND_MS = 2000;

let gate: WireGate;
before(async () => {
  gate = await startWireGate({ zone: SHORT });
});
after(() => gate.stop());

/** Writes a case on a connection of its own; true once it was answered, or the connection was closed, in time. */
async function write(parts: WireCase['send']): Promise<boolean> {
  const connection = await openRaw({ port: gate.port, client: gate.client });
  for (const part of [parts].flat()) {
    connection.write(part);
    await sleep(2);
  }
  await connection.until((received) => readAnswers(received).answers.length > 0, BOUND_MS);
  const ended = connection.closed() || readAnswers(connection.received()).answers.length > 0;
  connection.destroy();
  return ended;
}

async function holds({ send, outcomes }: WireCase): Promise<void> {
  const { outcomes: recorded, upstream } = gate;
  const first = recorded.length;
  const reached = upstream.received.length;
  assert.equal(await write(send), true, 'neither answered nor closed in time');
  await gate.outcomesReach(first + outcomes.length);
  // On a new connection, and after everything of the case: a record too many would stand before this one.
  assert.equal(await write(get('/api/orders')), true, 'the gate does not serve a new connection');
  await gate.outcomesReach(first + outcomes.length + 1);
  const codes = recorded.slice(first).map(({ code }) => code);
  assert.deepEqual(codes.toSorted(), [...outcomes, null].toSorted());
  const forwarded = recorded.slice(first).filter(({ verdict }) => verdict === 'allowed');
  const seen = upstream.received.slice(reached);
  assert.equal(seen.length, forwarded.length, 'the upstream saw other requests than are on record');
  assert.ok(
    seen.every(({ method }) => method !== 'DELETE'),
    'a hidden request reached the upstream',
  );
}

for (const [group, cases] of Object.entries({
  'message framing': FRAMING,
  'message syntax': SYNTAX,
  meaning: MEANING,
})) {
  describe(`bytes that two parsers could read two ways: ${group}`, () => {
    for (const one of cases) {
      const [code] = one.outcomes;
      it(`${one.name}: ${code === null ? 'allowed' : `refused and recorded as ${one.outcomes.join(' and ')}`}`, () =>
        holds(one));
    }
  });
}

describe('after all of them', () => {
  it('the log on disk holds exactly the outcomes that were told, and no defect was noticed', async () => {
    const outcomes = (await recordsOf(gate.project)).filter((record) => record['kind'] === 'outcome');
    assert.equal(outcomes.length, gate.outcomes.length);
    assert.deepEqual(gate.notices, []);
  });
});
