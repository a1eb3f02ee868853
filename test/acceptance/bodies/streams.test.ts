import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { outcomeOf, outcomesOf } from '../harness/outcomes.ts';
import { type RestRecord, readOutcome, recordsAbout } from '../rest/rest-record.ts';
import { type BodiesGate, MIB, startBodiesGate } from './bodies-gate.ts';
import { CLIENTS, drain, type Head, type Sent } from './client.ts';

const BLOCK = randomBytes(MIB);
/** What the gate may hold more at most while a body flows, once it has carried one: less than that body. */
const GROWTH_BYTES = { of_60_mib: 50 * MIB, of_200_mib: 60 * MIB };
/** Compiles what carries a body and makes the buffers of a connection: they are no part of what a body costs. */
const FIRST_BLOCKS = 16;

const digestOf = (blocks: number): string => {
  const hash = createHash('sha256');
  for (let i = 0; i < blocks; i++) hash.update(BLOCK);
  return hash.digest('hex');
};

async function writeBlocks({ body }: Sent, blocks: number): Promise<void> {
  for (let i = 0; i < blocks; i++) {
    if (!body.write(BLOCK)) await new Promise((resolve) => body.once('drain', resolve));
  }
  body.end();
}

for (const [version, send] of Object.entries(CLIENTS)) {
  describe(`binary bodies over HTTP/${version}`, () => {
    let site: BodiesGate;
    before(async () => {
      site = await startBodiesGate();
    });
    after(() => site.close());

    const put = (headers: Record<string, string> = {}): Sent =>
      send(site.project, site.gate.port, {
        method: 'PUT',
        path: '/api/files/a',
        headers: { 'content-type': 'application/octet-stream', ...headers },
      });
    const get = (): Sent => send(site.project, site.gate.port, { method: 'GET', path: '/api/files/a' });

    async function sizesOf(headers: Head['headers']): Promise<RestRecord> {
      const records = await recordsAbout(site.project, String(headers['sallyport-exchange']));
      return readOutcome(records.find(({ kind }) => kind === 'outcome')!);
    }

    it('a request of 60 MiB reaches a slow service unchanged and is never held', async () => {
      site.serve((request, response) => {
        const hash = createHash('sha256');
        let size = 0;
        let chunks = 0;
        request.on('data', (chunk: Buffer) => {
          hash.update(chunk);
          size += chunk.length;
          if (chunks++ % 50 > 0) return;
          request.pause();
          setTimeout(() => request.resume(), 5);
        });
        request.on('end', () => {
          response.writeHead(201, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ size, sha256: hash.digest('hex') }));
        });
      });
      const first = put(version === '1.1' ? { 'content-length': String(FIRST_BLOCKS * MIB) } : {});
      await writeBlocks(first, FIRST_BLOCKS);
      const carried = await first.answer;
      await drain(carried.body, () => undefined);
      assert.equal(carried.status, 201);
      const before_bytes = site.peak();
      const sent = put(version === '1.1' ? { 'content-length': String(60 * MIB) } : {});
      await writeBlocks(sent, 60);
      const { status, headers, body } = await sent.answer;
      let text = '';
      await drain(body, (part) => {
        text += part.toString();
      });
      assert.equal(status, 201, text);
      assert.deepEqual(JSON.parse(text), { size: 60 * MIB, sha256: digestOf(60) });
      assert.ok(
        site.peak() - before_bytes < GROWTH_BYTES.of_60_mib,
        `grew by ${(site.peak() - before_bytes) / MIB} MiB`,
      );
      const outcome = await outcomeOf(site.project, String(headers['sallyport-exchange']));
      assert.equal(outcome.verdict, 'allowed');
      assert.equal((await sizesOf(headers)).request_bytes, 60 * MIB);
    });

    it('an answer of 200 MiB reaches a slow reader unchanged and is never held', async () => {
      site.serve((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 200 * MIB });
        let left = 200;
        const more = (): void => {
          while (left > 0) {
            left--;
            if (!response.write(BLOCK)) return void response.once('drain', more);
          }
          response.end();
        };
        more();
      });
      const before_bytes = site.peak();
      const { status, headers, body } = await get().answer;
      assert.equal(status, 200);
      assert.equal(headers['content-length'], String(200 * MIB));
      const hash = createHash('sha256');
      let parts = 0;
      const { clean, size_bytes } = await drain(body, (part) => {
        hash.update(part);
        return parts++ % 200 === 0 ? sleep(5) : undefined;
      });
      assert.deepEqual([clean, size_bytes], [true, 200 * MIB]);
      assert.equal(hash.digest('hex'), digestOf(200));
      assert.ok(
        site.peak() - before_bytes < GROWTH_BYTES.of_200_mib,
        `grew by ${(site.peak() - before_bytes) / MIB} MiB`,
      );
      const id = String(headers['sallyport-exchange']);
      assert.equal((await outcomeOf(site.project, id)).verdict, 'allowed');
      assert.equal((await sizesOf(headers)).response_bytes, 200 * MIB);
      const kinds = (await outcomesOf(site.project)).filter(({ exchange_id }) => exchange_id === id);
      assert.deepEqual(
        kinds.map(({ kind }) => kind),
        ['intent', 'outcome'],
        'what begins to leave has an intent before its outcome',
      );
    });
  });
}
