import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type Outcome, outcomesOf, untilOutcome } from '../harness/outcomes.ts';
import { processesOf } from '../harness/processes.ts';
import { missingTools } from '../harness/tools.ts';
import { type BodiesGate, echo, MIB, startBodiesGate } from './bodies-gate.ts';
import { CLIENTS, drain, type Ended, type Sent } from './client.ts';

const PART = randomBytes(256 * 1024);
const OCTETS = { 'content-type': 'application/octet-stream' };
/** Small, so that a test meets them soon. */
const LIMITS = `    limits: { body: 2MiB, response: 4MiB }
`;

let site: BodiesGate;
before(async () => {
  site = await startBodiesGate({ api_more: LIMITS });
});
after(() => site.close());

for (const [version, send] of Object.entries(CLIENTS)) {
  describe(`streams that do not end well over HTTP/${version}`, () => {
    const call = (method: string, path: string, headers: Record<string, string> = {}): Sent =>
      send(site.project, site.gate.port, { method, path, headers });
    const get = (): Sent => call('GET', '/api/files/a');
    const put = (headers: Record<string, string> = {}): Sent => call('PUT', '/api/files/a', { ...OCTETS, ...headers });

    /** The next outcome after what is on record now. */
    async function nextOutcome(run: () => Promise<unknown>): Promise<Outcome> {
      const outcomes = (all: readonly Outcome[]) => all.filter(({ kind }) => kind === 'outcome').length;
      const known = outcomes(await outcomesOf(site.project));
      await run();
      return untilOutcome(site.project, ({ kind }) => kind === 'outcome', known + 1);
    }

    /** Answers with so many parts, and then as the test says. */
    function serveParts(
      parts: number,
      head: Record<string, string | number>,
      then: (response: ServerResponse) => void,
    ) {
      site.serve((_request, response) => {
        response.writeHead(200, { ...OCTETS, ...head });
        for (let i = 0; i < parts; i++) response.write(PART);
        setTimeout(() => then(response), 50);
      });
    }

    async function readToEnd(): Promise<{ status: number; ended: Ended }> {
      const { status, body } = await get().answer;
      return { status, ended: await drain(body) };
    }

    for (const [how, head] of [
      ['with its length', { 'content-length': 3 * MIB }],
      ['in chunks', {}],
    ] as const) {
      it(`an answer ${how} that its service breaks off never ends cleanly, and is on record`, async () => {
        serveParts(8, head, (response) => response.destroy());
        let seen: Awaited<ReturnType<typeof readToEnd>> | null = null;
        const outcome = await nextOutcome(async () => {
          seen = await readToEnd();
        });
        assert.deepEqual([seen!.status, seen!.ended.clean], [200, false]);
        assert.deepEqual([outcome.verdict, outcome.code, outcome.status], ['refused', 'FORWARD_BROKEN', 200]);
      });
    }

    it('an answer in chunks that grows over its limit is torn', async () => {
      serveParts(17, {}, (response) => response.end());
      let ended: Ended | null = null;
      const outcome = await nextOutcome(async () => {
        ended = (await readToEnd()).ended;
      });
      assert.equal(ended!.clean, false);
      assert.ok(ended!.size_bytes <= 4 * MIB);
      assert.equal(outcome.code, 'FILTER_BODY_TOO_LARGE');
    });

    it('an answer in chunks that ends well ends cleanly', async () => {
      serveParts(5, {}, (response) => response.end());
      const { ended } = await readToEnd();
      assert.deepEqual(ended, { clean: true, size_bytes: 5 * PART.length });
    });

    it('a small answer is sent as a whole, and needs no intent', async () => {
      site.serve((_request, response) => void response.writeHead(200, OCTETS).end('small'));
      const { headers, body } = await get().answer;
      assert.deepEqual(await drain(body), { clean: true, size_bytes: 5 });
      const about = (await outcomesOf(site.project)).filter(
        ({ exchange_id }) => exchange_id === headers['sallyport-exchange'],
      );
      assert.deepEqual(
        about.map(({ kind }) => kind),
        ['outcome'],
      );
    });

    it('a small answer that breaks its bounds is refused before a byte leaves', async () => {
      site.serve((_request, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(PART));
      const { status, body } = await get().answer;
      await drain(body);
      assert.equal(status, 502);
    });

    it('a client that is killed in the middle of its answer leaves CLIENT_GONE, and the service is not read on', async () => {
      let closed: Promise<unknown> = Promise.resolve();
      site.serve((_request, response) => {
        closed = new Promise((resolve) => response.once('close', resolve));
        response.writeHead(200, OCTETS);
        for (let i = 0; i < 8; i++) response.write(PART);
      });
      const outcome = await nextOutcome(async () => {
        const sent = get();
        const { body } = await sent.answer;
        await new Promise((resolve) => body.once('data', resolve));
        sent.kill();
      });
      assert.deepEqual([outcome.code, outcome.status], ['CLIENT_GONE', 200]);
      await closed;
    });

    it('a client that is killed in the middle of its request leaves its intent and CLIENT_GONE, and the service sees no end', async () => {
      let ended = false;
      let begun: () => void = () => undefined;
      const arrived = new Promise<void>((resolve) => {
        begun = resolve;
      });
      let closed: Promise<unknown> = Promise.resolve();
      site.serve((request: IncomingMessage) => {
        closed = new Promise((resolve) => request.once('close', resolve));
        request.on('data', begun).on('end', () => {
          ended = true;
        });
      });
      const outcome = await nextOutcome(async () => {
        const sent = put();
        sent.body.write(PART);
        await arrived;
        sent.kill();
      });
      assert.equal(outcome.code, 'CLIENT_GONE');
      const about = (await outcomesOf(site.project)).filter(({ exchange_id }) => exchange_id === outcome.exchange_id);
      assert.deepEqual(
        about.map(({ kind }) => kind),
        ['intent', 'outcome'],
      );
      await closed;
      assert.equal(ended, false);
    });

    it('a request that grows over its limit is 413, and its service sees no end', async () => {
      let ended = false;
      site.serve((request) => {
        request.on('end', () => {
          ended = true;
        });
        request.resume();
      });
      const outcome = await nextOutcome(async () => {
        const sent = put();
        sent.body.on('error', () => undefined);
        for (let i = 0; i < 9; i++) sent.body.write(PART);
        const { status } = await sent.answer;
        assert.equal(status, 413);
        sent.kill();
      });
      assert.equal(outcome.code, 'LIMIT_BODY');
      assert.equal(ended, false);
    });

    it('a declared length above the limit is refused before the service hears of it', async () => {
      const known = site.count();
      const { status } = await put({ 'content-length': String(3 * MIB) }).answer;
      assert.equal(status, 413);
      assert.equal(site.count(), known);
    });

    it('a service that answers without reading the request is heard, once', async () => {
      const known = site.count();
      site.serve((_request, response) => {
        response.writeHead(201, { 'content-type': 'application/json' }).end('{"size":0}');
      });
      const outcome = await nextOutcome(async () => {
        const sent = put();
        sent.body.on('error', () => undefined);
        sent.body.write(PART);
        const { status, body } = await sent.answer;
        assert.equal(status, 201);
        await drain(body);
        sent.kill();
      });
      assert.equal(outcome.verdict, 'allowed');
      assert.equal(site.count(), known + 1);
    });

    it('a streamed request whose connection breaks is never sent twice, though PUT is idempotent', async () => {
      const known = site.count();
      site.serve((request) => {
        request.once('data', () => request.socket.destroy());
      });
      const outcome = await nextOutcome(async () => {
        const sent = put();
        sent.body.on('error', () => undefined);
        sent.body.write(PART);
        const { status } = await sent.answer;
        assert.equal(status, 502);
        sent.kill();
      });
      assert.equal(outcome.code, 'FORWARD_BROKEN');
      assert.equal(site.count(), known + 1);
    });

    it('an answer is torn where the outcome cannot be recorded, and its intent is closed later', {
      skip: missingTools('prlimit'),
    }, async () => {
      const [recorder] = processesOf(site.gate.pid, 'recorder');
      const limit = (size: string) => execFileSync('prlimit', ['--pid', String(recorder), `--fsize=${size}:`]);
      let finish: () => void = () => undefined;
      site.serve((_request, response) => {
        response.writeHead(200, { ...OCTETS, 'content-length': 4 * PART.length });
        for (let i = 0; i < 3; i++) response.write(PART);
        finish = () => response.end(PART);
      });
      const { headers, body } = await get().answer;
      await new Promise((resolve) => body.once('data', resolve));
      limit('1');
      finish();
      const { clean, size_bytes } = await drain(body);
      limit('unlimited');
      assert.equal(clean, false);
      assert.ok(size_bytes < 4 * PART.length, 'the last part stays');
      const id = headers['sallyport-exchange'];
      await untilOutcome(site.project, ({ code, exchange_id }) => code === 'OUTCOME_UNKNOWN' && exchange_id === id);
      // The gate is back.
      site.serve(echo);
      await untilOutcome(site.project, ({ event }) => event === 'log_resumed');
    });
  });
}
