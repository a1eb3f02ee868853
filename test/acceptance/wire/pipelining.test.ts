import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { wellBehaved } from '../harness/upstream.ts';
import { get, HIDDEN, HOST, ORDER, withLength } from './cases/wire-case.ts';
import { type Answer, openRaw, readAnswers } from './raw-client.ts';
import { sleep, startWireGate, type WireGate } from './wire-gate.ts';

let gate: WireGate;
before(async () => {
  gate = await startWireGate();
});
after(() => gate.stop());

/** Writes bytes at once, takes every answer until the gate closes or nothing more is expected. */
async function exchange(
  bytes: string,
  expected: number,
): Promise<{ answers: Answer[]; interim: number[]; closed: boolean; codes: (string | null)[]; seen: string[] }> {
  const first = gate.outcomes.length;
  const reached = gate.upstream.received.length;
  const connection = await openRaw({ port: gate.port, client: gate.client });
  connection.write(bytes);
  await connection.until((received) => readAnswers(received).answers.length >= expected, 2000);
  // Time for an answer, a record or a close too many to show.
  await sleep(50);
  const { answers, interim, rest } = readAnswers(connection.received());
  assert.equal(rest, '');
  const closed = connection.closed();
  connection.destroy();
  return {
    answers,
    interim,
    closed,
    codes: gate.outcomes.slice(first).map(({ code }) => code),
    seen: gate.upstream.received.slice(reached).map(({ method, url }) => `${method} ${url.split('?')[0]}`),
  };
}

const ORDER_PATH = '/api/orders/0190b8a0-0000-7000-8000-000000000001';
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);

describe('several requests in one write', () => {
  it('two valid ones are answered in order', async () => {
    gate.upstream.answer((request, response) => {
      const slow = request.url.startsWith('/orders/');
      setTimeout(
        () => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(JSON.stringify(slow ? { id: ORDER_PATH.slice(12), item: 'bolt' } : { orders: [] }));
        },
        slow ? 100 : 0,
      );
    });
    const { answers, codes, closed } = await exchange(get(ORDER_PATH) + get('/api/orders'), 2);
    assert.deepEqual(
      answers.map(({ body }) => body),
      [`{"id":"${ORDER_PATH.slice(12)}","item":"bolt"}`, '{"orders":[]}'],
    );
    assert.deepEqual(codes, [null, null]);
    assert.equal(closed, false);
  });

  it('are handled one after the other, the next beginning exactly where the length of a body says', async () => {
    gate.upstream.answer((request, response) => setTimeout(() => wellBehaved(request, response), 20));
    const { answers, seen } = await exchange(withLength(`${ORDER.length}`) + get('/api/orders'), 2);
    assert.equal(answers.length, 2);
    assert.deepEqual(seen, ['POST /orders', 'GET /orders']);
  });

  it('garbage after a valid one is recorded and closes; the only answer is that of the valid one', async () => {
    const { answers, codes, closed } = await exchange(`${get('/api/orders')}garbage\r\n\r\n`, 1);
    assert.deepEqual(statuses(answers), [200]);
    assert.equal(answers[0]!.headers['connection'], 'close');
    assert.deepEqual(codes.toSorted(), ['ADMIT_PARSE', null]);
    assert.equal(closed, true);
  });

  it('garbage after two valid ones leaves both answers whole', async () => {
    const { answers, codes, closed } = await exchange(`${get(ORDER_PATH)}${get('/api/orders')}\0\0\0`, 2);
    assert.deepEqual(statuses(answers), [200, 200]);
    assert.deepEqual(codes.toSorted(), ['ADMIT_PARSE', null, null]);
    assert.equal(closed, true);
  });

  it('garbage after a large answer does not cut it short', async () => {
    const orders = Array.from({ length: 900 }, () => ({ id: ORDER_PATH.slice(12), item: 'b'.repeat(5000) }));
    gate.upstream.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ orders }));
    });
    const { answers, closed } = await exchange(`${get('/api/orders')}garbage\r\n\r\n`, 1);
    assert.ok(answers[0]!.body.length > 4_000_000);
    assert.equal(closed, true);
    gate.upstream.answer(wellBehaved);
  });

  it('a valid request after a refused one is not read', async () => {
    const { answers, codes, seen, closed } = await exchange(get('/api/orders%2f') + HIDDEN, 1);
    assert.deepEqual(statuses(answers), [400]);
    assert.deepEqual(codes, ['ADMIT_TARGET']);
    assert.deepEqual(seen, []);
    assert.equal(closed, true);
  });

  it('of a hundred valid ones, those that would wait too long are not read, and the connection says so', async () => {
    const { answers, codes, seen, closed } = await exchange(get('/api/orders').repeat(100), 33);
    assert.equal(answers.length, 33);
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(answers.at(-1)!.headers['connection'], 'close');
    assert.deepEqual([codes.length, seen.length, closed], [33, 33, true]);
  });

  it('a thousand refused ones in one write make one record', async () => {
    const { answers, codes } = await exchange(get('//').repeat(1000), 1);
    assert.deepEqual(statuses(answers), [400]);
    assert.deepEqual(codes, ['ADMIT_TARGET']);
  });
});

describe('100-continue', () => {
  const expecting = (target: string, fields = '') =>
    `POST ${target} HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: ${ORDER.length}\r\nExpect: 100-continue\r\n${fields}\r\n`;

  it('is sent to a caller that is known and allowed, and the body is then read', async () => {
    const connection = await openRaw({ port: gate.port, client: gate.client });
    connection.write(expecting('/api/orders'));
    assert.equal(await connection.until((received) => readAnswers(received).interim.length > 0, 2000), true);
    gate.upstream.answer((_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(`{"id":"${ORDER_PATH.slice(12)}","item":"bolt"}`);
    });
    connection.write(ORDER);
    await connection.until((received) => readAnswers(received).answers.length > 0, 2000);
    assert.deepEqual(statuses(readAnswers(connection.received()).answers), [201]);
    connection.destroy();
  });

  it('is not sent to a caller without a certificate', async () => {
    const connection = await openRaw({ port: gate.port, client: null, ca: gate.client.ca });
    connection.write(expecting('/api/orders'));
    await connection.until((received) => readAnswers(received).answers.length > 0, 2000);
    const { answers, interim } = readAnswers(connection.received());
    assert.deepEqual([statuses(answers), interim], [[401], []]);
    assert.equal(await connection.untilClosed(1000), true);
  });

  for (const [why, target, fields, status] of [
    ['an operation that does not exist', '/api/nothing', '', 404],
    ['a media type that is not accepted in the answer', '/api/orders', 'Accept: text/plain\r\n', 406],
    ['a parameter that is not declared', '/api/orders?x=1', '', 422],
  ] as const) {
    it(`is not sent for ${why}`, async () => {
      const { answers, interim, closed } = await exchange(expecting(target, fields), 1);
      assert.deepEqual([statuses(answers), interim], [[status], []]);
      // The body may still come: nothing after this answer can be told apart.
      assert.equal(closed, true);
    });
  }

  it('is not sent to a party without the right', async () => {
    const connection = await openRaw({ port: gate.port, client: gate.reader });
    connection.write(expecting('/api/orders'));
    await connection.until((received) => readAnswers(received).answers.length > 0, 2000);
    const { answers, interim } = readAnswers(connection.received());
    assert.deepEqual([statuses(answers), interim], [[403], []]);
    connection.destroy();
  });
});
