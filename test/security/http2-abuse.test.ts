import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { ORDER } from '../acceptance/harness/upstream.ts';
import * as h2 from '../acceptance/wire/http2-frames.ts';
import { type AttackedGate, attackedGate, get, WIDE_CONNECTIONS } from './attacked-gate.ts';

const TOTAL_MS = 1_000;
const STREAMS = 8;
const gates: AttackedGate[] = [];
after(() => Promise.all(gates.map((gate) => gate.stop())));

async function started(options: Parameters<typeof attackedGate>[0]): Promise<AttackedGate> {
  const gate = await attackedGate(options);
  gates.push(gate);
  return gate;
}

/** A connection that has sent its preface, settings and a window for everything. */
async function open(gate: AttackedGate, as: string | null): Promise<TLSSocket> {
  const { ca, ...pair } = gate.identity(as ?? 'acme-erp');
  const options = { host: '127.0.0.1', port: gate.port, servername: 'localhost', ALPNProtocols: ['h2'], ca };
  const socket = connect({ ...options, ...(as === null ? {} : pair) });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  const widest = Buffer.concat([Buffer.from([0, 4]), h2.uint32(0x7fff_ffff)]);
  socket.write(Buffer.concat([h2.PREFACE, h2.frame(h2.TYPE.settings, 0, 0, widest)]));
  socket.write(h2.frame(h2.TYPE.window_update, 0, 0, h2.uint32(0x7fff_0000)));
  return socket;
}

const asks = (count: number) => Array.from({ length: count }, (_, at) => h2.headers(1 + 2 * at, h2.getFields()));

describe('an HTTP/2 client that takes nothing of its answers', () => {
  it('loses its connection, and with it the places that others wait for', async () => {
    const gate = await started({
      zone_more: `${WIDE_CONNECTIONS}    timeouts: { total: ${TOTAL_MS}ms, idle: 1s, body: 500ms }\n`,
      more: `limits: { concurrency: { machine: ${STREAMS}, operation: ${STREAMS} } }\n`,
    });
    const item = 'x'.repeat(20_000);
    const large = JSON.stringify({ orders: Array.from({ length: 200 }, () => ({ ...ORDER, item })) });
    const answerWith = (text: string) =>
      gate.upstream.answer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      });
    answerWith(large);
    const socket = await open(gate, 'acme-erp');
    socket.pause();
    socket.write(Buffer.concat(asks(STREAMS)));
    // The answer has as long again as the exchange to be sent.
    await sleep(3 * TOTAL_MS + 1_500);
    answerWith('{"orders":[]}');
    const answer = await gate.send(get('/api/orders'), 'globex-reports');
    socket.destroy();
    assert.equal(answer.status, 200, `another party got ${gate.outcomes.at(-1)?.code}`);
  });
});

describe('a stranger on one HTTP/2 connection', () => {
  it('does not write a record for each of its streams', async () => {
    const gate = await started({});
    const socket = await open(gate, null);
    socket.resume();
    socket.write(Buffer.concat(asks(100)));
    await Promise.race([once(socket, 'close'), sleep(2_000)]);
    socket.destroy();
    assert.ok(gate.outcomes.length >= 1);
    assert.ok(gate.outcomes.every(({ verdict }) => verdict === 'refused'));
    assert.ok(gate.outcomes.length <= 20, `${gate.outcomes.length} records`);
  });

  it('that leaves stream numbers out puts on record that numbers were left out, and no streams', async () => {
    const gate = await started({});
    const socket = await open(gate, 'acme-erp');
    socket.resume();
    socket.write(h2.headers(1, h2.getFields()));
    // Numbers may be left out (RFC 9113 section 5.1.1).
    socket.write(h2.headers(2_000_001, h2.getFields()));
    await sleep(1_500);
    socket.destroy();
    await sleep(100);
    assert.deepEqual(
      gate.outcomes.map(({ code, reason }) => [code, reason]),
      [
        [null, null],
        [null, null],
        ['ADMIT_HTTP2', '999999 stream numbers without a request'],
      ],
    );
  });
});
