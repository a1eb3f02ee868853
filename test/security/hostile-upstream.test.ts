/** An upstream that means harm: what it can take from others, and what of it gets through. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { wellBehaved } from '../acceptance/harness/upstream.ts';
import { type AttackedGate, attackedGate, get, post } from './attacked-gate.ts';

const MIB = 1024 * 1024;
const RIGHT = '{"orders":[]}';
const JSON_TYPE = 'content-type: application/json\r\n';

let gate: AttackedGate;

/** Bytes as they are, in place of an answer. */
function raw(bytes: (socket: NonNullable<ServerResponse['socket']>) => void): void {
  gate.upstream.answer((_request, response) => {
    response.socket!.on('error', () => undefined);
    bytes(response.socket!);
  });
}

const head = (fields: string, body = RIGHT) =>
  `HTTP/1.1 200 OK\r\n${JSON_TYPE}content-length: ${body.length}\r\n${fields}\r\n${body}`;

describe('an upstream', () => {
  before(async () => {
    gate = await attackedGate({
      zone_more: '    timeouts: { total: 2s }\n    connections: { new_per_source: 100000/1s, per_source: 5000 }\n',
      upstream_more: '      timeouts: { response: 800ms, idle: 500ms }\n      retries: 0',
    });
  });
  after(() => gate.stop());
  beforeEach(() => gate.upstream.answer(wellBehaved));

  it('that floods interim answers is given up in its time, and others are served meanwhile', async () => {
    raw((socket) => {
      const flood = Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(500));
      const pump = (): void => {
        while (!socket.destroyed && socket.write(flood));
        if (!socket.destroyed) socket.once('drain', pump);
      };
      pump();
    });
    const memory = process.memoryUsage().rss;
    const began = performance.now();
    const flooded = gate.send(get('/api/orders'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const asked = performance.now();
    assert.equal((await gate.send(get('/api/nothing'))).status, 404);
    const waited_ms = performance.now() - asked;
    assert.ok(waited_ms < 1_000, `served after ${waited_ms} ms`);
    assert.ok((await flooded).status >= 502);
    assert.ok(performance.now() - began < 3_000);
    assert.ok(process.memoryUsage().rss - memory < 200 * MIB);
  });

  it('that drips a byte within each idle time is ended by the time of the whole', async () => {
    raw((socket) => {
      socket.write(`HTTP/1.1 201 Created\r\n${JSON_TYPE}content-length: 1000\r\n\r\n`);
      const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write(' ')), 100);
    });
    const began = performance.now();
    const answer = await gate.send(post('/api/orders', '{"item":"bolt","quantity":1}'));
    assert.equal(answer.status, 504);
    assert.ok(performance.now() - began < 3_500);
    assert.equal(gate.outcomes.at(-1)?.code, 'FORWARD_LATE');
  });

  const FIELDS = [
    ['a NUL in a declared field', 'x-total: 1\0 2\r\n'],
    ['a bare CR in a declared field', 'x-total: 1\r set-cookie: evil=1\r\n'],
    ['a bare LF in a declared field', 'x-total: 1\nset-cookie: evil=1\r\n'],
    ['a folded field', 'x-total: 1\r\n set-cookie: evil=1\r\n'],
    ['bytes above ASCII in a declared field', 'x-total: \xe9\xff\r\n'],
    ['a declared field many times', 'x-total: 1\r\n'.repeat(100)],
    ['very many fields', 'a: b\r\n'.repeat(2_500)],
    [
      'a field that the gate writes',
      'sallyport-exchange: evil\r\nstrict-transport-security: max-age=0\r\nset-cookie: evil=1\r\n',
    ],
    ['a field without a name', ': evil\r\n'],
    ['a space before the colon', 'x-total : 1\r\n'],
    ['a close that names a declared field', 'connection: x-total, content-type\r\nx-total: 7\r\n'],
  ] as const;

  for (const [what, fields] of FIELDS) {
    it(`that answers with ${what} forges nothing and takes nothing down`, async () => {
      raw((socket) => void socket.end(head(fields), 'latin1'));
      const { status, headers, body } = await gate.send(get('/api/orders'));
      assert.ok(status === 200 || status === 502, String(status));
      assert.equal(headers['set-cookie'], undefined);
      assert.match(headers['sallyport-exchange'] ?? '', /^[0-9a-f-]{36}$/);
      assert.match(headers['strict-transport-security'] ?? '', /^max-age=31536000/);
      assert.ok(!`${Object.values(headers).join()}${body}`.includes('evil'));
      if (headers['x-total'] !== undefined) assert.match(headers['x-total'], /^[17]$/);
      gate.upstream.answer(wellBehaved);
      assert.equal((await gate.send(get('/api/orders'))).status, 200, 'and the next call is served');
    });
  }

  it('that answers one call twice cannot have the second read as the answer to another', async () => {
    raw((socket) => {
      socket.write(head(''));
      socket.write(head('x-total: 666\r\n'));
    });
    await gate.send(get('/api/orders'));
    gate.upstream.answer(wellBehaved);
    for (let call = 0; call < 3; call++) {
      const answer = await gate.send(get('/api/orders'));
      assert.notEqual(answer.headers['x-total'], '666');
    }
  });

  it('has caused no defect', () => assert.deepEqual(gate.notices, []));
});
