import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { outcomesOf } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { message, type RawUpstream, startRawUpstream } from '../harness/raw-upstream.ts';
import { ORDER } from '../harness/upstream.ts';

const GETS = 2_000;
const POSTS = 600;
const AT_ONCE = 16;
/** Between the requests of one caller, so that connections are idle for about as long as the upstream keeps them. */
const PAUSE_MS = 2;
const JSON_TYPE = { 'content-type': 'application/json' };
const WIDE = `limits:
  source: 1000000/1s
  machine: 1000000/1s
  party: 1000000/1s
  operation: 1000000/1s`;

describe('an upstream that closes idle connections under load', () => {
  let upstream: RawUpstream;
  let project: Project;
  let gate: GateProcess;
  let session: ClientHttp2Session;
  let closed_idle = 0;

  before(async () => {
    upstream = await startRawUpstream();
    // Without a word, 0 to 3 milliseconds after an answer, so that closing and writing often cross.
    upstream.answer(({ method, body, socket }) => {
      const answer = method === 'POST' ? { ...ORDER, ...JSON.parse(body) } : { orders: [ORDER] };
      socket.write(message(method === 'POST' ? 201 : 200, JSON_TYPE, JSON.stringify(answer)));
      const answered = upstream.turns.length;
      setTimeout(() => {
        if (socket.destroyed || upstream.turns.slice(answered).some((turn) => turn.socket === socket)) return;
        closed_idle++;
        socket.end();
      }, answered % 4);
    });
    project = await makeProject({ upstream_url: upstream.url, more: WIDE });
    gate = await startGateProcess(project);
    session = connect(`https://localhost:${gate.port}`, {
      ca: readFileSync(`${project.pki}/gate-ca.pem`),
      cert: readFileSync(`${project.pki}/acme-erp.pem`),
      key: readFileSync(`${project.pki}/acme-erp.key`),
    });
    await once(session, 'connect');
  });
  after(async () => {
    session.destroy();
    await gate.stop();
    await upstream.close();
    project.remove();
  });

  async function call(method: string, body: string | null): Promise<number> {
    const fields = body === null ? {} : { 'content-type': 'application/json' };
    const stream = session.request(
      { ':method': method, ':path': '/api/orders', ...fields },
      { endStream: body === null },
    );
    if (body !== null) stream.end(body);
    const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
    stream.resume();
    await once(stream, 'close');
    return headers[':status'];
  }

  /** Calls `send` with 0 to `count` - 1, some at once, with pauses. */
  async function load(count: number, send: (index: number) => Promise<void>): Promise<void> {
    let next = 0;
    const caller = async (): Promise<void> => {
      for (let index = next++; index < count; index = next++) {
        await send(index);
        if (index % 3 === 0) await sleep(PAUSE_MS);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, caller));
  }

  it(`fails none of ${GETS} GETs`, async (t) => {
    const failures: number[] = [];
    await load(GETS, async () => {
      const status = await call('GET', null);
      if (status !== 200) failures.push(status);
    });
    t.diagnostic(`${closed_idle} idle connections closed, ${upstream.turns.length} requests at the upstream`);
    assert.deepEqual(failures, []);
    assert.ok(closed_idle > 100, `only ${closed_idle} connections were closed`);
  });

  it(`executes none of ${POSTS} POSTs twice, and says of each whether it was answered`, async (t) => {
    const already = upstream.turns.length;
    const statuses: number[] = [];
    await load(POSTS, async (index) => {
      statuses[index] = await call('POST', JSON.stringify({ item: `item-${index}`, quantity: 1 }));
    });
    const executed = new Map<string, number>();
    for (const { body } of upstream.turns.slice(already)) {
      const { item } = JSON.parse(body) as { item: string };
      executed.set(item, (executed.get(item) ?? 0) + 1);
    }
    const failed = statuses.filter((status) => status !== 201);
    assert.equal(statuses.length, POSTS);
    t.diagnostic(`${failed.length} of ${POSTS} POSTs met a closing connection and were refused with 502`);
    assert.ok(failed.every((status) => status === 502));
    for (const [index, status] of statuses.entries()) {
      const times = executed.get(`item-${index}`) ?? 0;
      assert.ok(times <= 1, `item-${index} was executed ${times} times`);
      if (status === 201) assert.equal(times, 1);
    }
  });

  it('left an outcome for every exchange, and an intent for every POST', async () => {
    const records = await outcomesOf(project);
    const count = (kind: string, method: string) =>
      records.filter((record) => record.kind === kind && record.method === method).length;
    assert.equal(count('outcome', 'GET'), GETS);
    assert.equal(count('outcome', 'POST'), POSTS);
    assert.equal(count('intent', 'POST'), POSTS);
    const codes = new Set(records.map(({ code }) => code).filter((code) => code !== null));
    codes.delete('FORWARD_BROKEN');
    assert.deepEqual([...codes], []);
  });
});
