import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BodiesGate, MIB, startBodiesGate } from '../../acceptance/bodies/bodies-gate.ts';
import { CLIENTS, drain, type Head, type Sent } from '../../acceptance/bodies/client.ts';
import { outcomeOf, outcomesOf } from '../../acceptance/harness/outcomes.ts';
import { type RestRecord, readOutcome, recordsAbout } from '../../acceptance/rest/rest-record.ts';

const BLOCK = randomBytes(MIB);
/** MiB of the body that is judged, and of one before it that warms what carries bodies. */
const JUDGED = 200;
const WARMING = 60;
/** What the gate may hold more at most than it did for the first body: far less than one body has more than the other. */
const MOST_GROWTH_BYTES = 60 * MIB;

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

function sendBlocks(response: ServerResponse, blocks: number): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': blocks * MIB });
  let left = blocks;
  const more = (): void => {
    while (left > 0) {
      left--;
      if (!response.write(BLOCK)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

for (const [version, send] of Object.entries(CLIENTS)) {
  describe(`binary bodies over HTTP/${version}`, () => {
    let site: BodiesGate;
    before(async () => {
      site = await startBodiesGate({ api_more: '    limits: { body: 256MiB, response: 256MiB }\n' });
    });
    after(() => site.close());

    const put = (headers: Record<string, string> = {}): Sent =>
      send(site.project, site.gate.port, {
        method: 'PUT',
        path: '/api/files/a',
        headers: { 'content-type': 'application/octet-stream', ...headers },
      });
    async function upload(blocks: number): Promise<{ headers: Head['headers']; text: string }> {
      const sent = put(version === '1.1' ? { 'content-length': String(blocks * MIB) } : {});
      await writeBlocks(sent, blocks);
      const { status, headers, body } = await sent.answer;
      let text = '';
      await drain(body, (part) => {
        text += part.toString();
      });
      assert.equal(status, 201, text);
      return { headers, text };
    }

    async function download(blocks: number): Promise<{ headers: Head['headers']; sha256: string }> {
      site.serve((_request, response) => sendBlocks(response, blocks));
      const { answer } = send(site.project, site.gate.port, { method: 'GET', path: '/api/files/a' });
      const { status, headers, body } = await answer;
      assert.equal(status, 200);
      assert.equal(headers['content-length'], String(blocks * MIB));
      const hash = createHash('sha256');
      let parts = 0;
      const { clean, size_bytes } = await drain(body, (part) => {
        hash.update(part);
        return parts++ % 200 === 0 ? sleep(5) : undefined;
      });
      assert.deepEqual([clean, size_bytes], [true, blocks * MIB]);
      return { headers, sha256: hash.digest('hex') };
    }

    function assertNotHeld(before_bytes: number): void {
      const grown_bytes = site.peak() - before_bytes;
      assert.ok(grown_bytes < MOST_GROWTH_BYTES, `grew by ${grown_bytes / MIB} MiB`);
    }

    async function sizesOf(headers: Head['headers']): Promise<RestRecord> {
      const records = await recordsAbout(site.project, String(headers['sallyport-exchange']));
      return readOutcome(records.find(({ kind }) => kind === 'outcome')!);
    }

    it('a request of 200 MiB reaches a slow service unchanged and is never held', async () => {
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
      await upload(WARMING);
      const before_bytes = site.peak();
      const { headers, text } = await upload(JUDGED);
      assertNotHeld(before_bytes);
      assert.deepEqual(JSON.parse(text), { size: JUDGED * MIB, sha256: digestOf(JUDGED) });
      const outcome = await outcomeOf(site.project, String(headers['sallyport-exchange']));
      assert.equal(outcome.verdict, 'allowed');
      assert.equal((await sizesOf(headers)).request_bytes, JUDGED * MIB);
    });

    it('an answer of 200 MiB reaches a slow reader unchanged and is never held', async () => {
      await download(WARMING);
      const before_bytes = site.peak();
      const { headers, sha256 } = await download(JUDGED);
      assertNotHeld(before_bytes);
      assert.equal(sha256, digestOf(JUDGED));
      const id = String(headers['sallyport-exchange']);
      assert.equal((await outcomeOf(site.project, id)).verdict, 'allowed');
      assert.equal((await sizesOf(headers)).response_bytes, JUDGED * MIB);
      const kinds = (await outcomesOf(site.project)).filter(({ exchange_id }) => exchange_id === id);
      assert.deepEqual(
        kinds.map(({ kind }) => kind),
        ['intent', 'outcome'],
        'what begins to leave has an intent before its outcome',
      );
    });
  });
}
