/** Servers that break off at suites they choose and cannot do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Answer } from '../../src/check/tls/ask.ts';
import { enumerateSuites } from '../../src/check/tls/enumerate-suites.ts';
import { FlightReader } from '../../src/protocol/tls/server-flight.ts';
import { TLS_1_2 } from '../../src/protocol/tls/versions.ts';
import { HELLO } from './hello.ts';

const ECDHE_GCM = 0xc02f;
const DHE_GCM = 0x009e;
const RSA_GCM = 0x009c;
const DHE_CBC = 0x0033;
const RSA_CBC = 0x002f;

const nothing = new FlightReader().flight;
const HUNG_UP: Answer = { outcome: 'closed', reason: 'hung up without an answer', flight: nothing };
const alert = (number: number, reason: string): Answer => ({
  outcome: 'alert',
  reason,
  flight: { ...nothing, alert: number },
});
const chosen = (cipher_suite: number): Answer => ({
  outcome: 'hello',
  reason: 'answered',
  flight: { ...nothing, server_hello: { ...HELLO, cipher_suite } },
});

/** Takes the client's first choice of what it has, and breaks off where that is one it has no group for. */
async function found(has: readonly number[], end: Answer, without_group: readonly number[]) {
  let asked = 0;
  const { values, end: ended } = await enumerateSuites({
    version: TLS_1_2,
    offered: [ECDHE_GCM, DHE_GCM, RSA_GCM, DHE_CBC, RSA_CBC],
    async ask(left) {
      asked++;
      const choice = left.find((suite) => has.includes(suite));
      if (choice === undefined) return alert(40, 'handshake_failure');
      return without_group.includes(choice) ? end : chosen(choice);
    },
  });
  return { values, ended, asked };
}

describe('suites of a server', () => {
  const all = [ECDHE_GCM, DHE_GCM, RSA_GCM, DHE_CBC, RSA_CBC];

  for (const [how, end] of [
    ['hangs up', HUNG_UP],
    ['says internal_error', alert(80, 'internal_error')],
  ] as const) {
    it(`that ${how} where it has no group for Diffie-Hellman are all found`, async () => {
      const { values, ended } = await found(all, end, [DHE_GCM, DHE_CBC]);
      assert.deepEqual(values, [ECDHE_GCM, RSA_GCM, RSA_CBC]);
      assert.equal(ended, 'refused');
      assert.deepEqual((await found(all.slice(1), end, [DHE_GCM, DHE_CBC])).values, [RSA_GCM, RSA_CBC]);
    });
  }

  it('that has none but those is said to have none', async () => {
    const { values, ended } = await found([DHE_GCM, DHE_CBC], HUNG_UP, [DHE_GCM, DHE_CBC]);
    assert.deepEqual([values, ended], [[], 'hung-up']);
  });

  it('are not said to be all where what is left was not answered', async () => {
    const late: Answer = { outcome: 'late', reason: 'no answer in time', flight: nothing };
    let asked = 0;
    const { values, end } = await enumerateSuites({
      version: TLS_1_2,
      offered: all,
      ask: async () => [chosen(ECDHE_GCM), alert(80, 'internal_error')][asked++] ?? late,
    });
    assert.deepEqual([values, end], [[ECDHE_GCM], 'unknown']);
  });

  it('that says no as TLS has it are asked for once', async () => {
    assert.deepEqual(await found([ECDHE_GCM, DHE_GCM], HUNG_UP, []), {
      values: [ECDHE_GCM, DHE_GCM],
      ended: 'refused',
      asked: 3,
    });
  });
});
