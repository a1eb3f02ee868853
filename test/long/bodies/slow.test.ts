import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type BodiesGate, MIB, startBodiesGate } from '../../acceptance/bodies/bodies-gate.ts';
import { CLIENTS, drain, type Sent } from '../../acceptance/bodies/client.ts';
import { outcomeOf, untilOutcome } from '../../acceptance/harness/outcomes.ts';

const PART = randomBytes(256 * 1024);
const OCTETS = { 'content-type': 'application/octet-stream' };
/** The caller may be silent for 1 s, the service for 2 s, and an exchange last for 4 s. */
const ZONE_TIMES = `    timeouts: { body: 1s, total: 4s }
`;
const API_TIMES = `      timeouts: { response: 2s, idle: 2s }
    limits: { body: 64MiB, response: 256MiB }
`;

for (const [version, send] of Object.entries(CLIENTS)) {
  describe(`slow ends over HTTP/${version}`, { concurrency: true }, () => {
    let site: BodiesGate;
    before(async () => {
      site = await startBodiesGate({ zone_more: ZONE_TIMES, api_more: API_TIMES });
      site.serve((request, response) => {
        const behaviour = new URL(request.url ?? '', 'http://service').pathname.split('/').at(-1);
        if (behaviour === 'deaf') return;
        if (behaviour === 'patient') {
          request.resume().on('end', () => {
            response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
          });
          return;
        }
        response.writeHead(200, OCTETS);
        const write = (): void => {
          while (response.write(PART));
          response.once('drain', write);
        };
        if (behaviour === 'endless') write();
        if (behaviour === 'stalling') response.write(PART);
      });
    });
    after(() => site.close());

    const put = (name: string): Sent =>
      send(site.project, site.gate.port, { method: 'PUT', path: `/api/files/${name}`, headers: OCTETS });
    const get = (name: string): Sent =>
      send(site.project, site.gate.port, { method: 'GET', path: `/api/files/${name}` });

    it('a caller that sends no more of its body is refused as late', async () => {
      const sent = put('patient');
      sent.body.write(PART);
      const { status, headers } = await sent.answer;
      assert.equal(status, 408);
      assert.equal((await outcomeOf(site.project, String(headers['sallyport-exchange']))).code, 'ADMIT_BODY_LATE');
      sent.kill();
    });

    it('a caller that sends a little all the time is no later than a whole exchange may be', async () => {
      const sent = put('patient');
      sent.body.on('error', () => undefined);
      const drip = setInterval(() => sent.body.write('x'), 200);
      const { status, headers } = await sent.answer;
      clearInterval(drip);
      assert.equal(status, 408);
      const { code, reason } = await outcomeOf(site.project, String(headers['sallyport-exchange']));
      assert.deepEqual([code, reason], ['ADMIT_TOTAL_LATE', 'the request did not end']);
      sent.kill();
    });

    it('a service that takes no more of the body is late, and the caller is not blamed', async () => {
      const sent = put('deaf');
      sent.body.on('error', () => undefined);
      const pour = (): void => {
        while (sent.body.write(PART));
        sent.body.once('drain', pour);
      };
      pour();
      const { status, headers } = await sent.answer;
      assert.equal(status, 504);
      const { code, reason } = await outcomeOf(site.project, String(headers['sallyport-exchange']));
      assert.deepEqual([code, reason], ['FORWARD_LATE', 'request']);
      sent.kill();
    });

    it('an answer whose service falls silent in the middle is torn', async () => {
      const { headers, body } = await get('stalling').answer;
      const { clean } = await drain(body);
      assert.equal(clean, false);
      const { code, reason } = await outcomeOf(site.project, String(headers['sallyport-exchange']));
      assert.deepEqual([code, reason], ['FORWARD_LATE', 'body']);
    });

    it('a reader that stops reading holds neither memory nor the service for longer than an exchange may last', async () => {
      const before_bytes = site.peak();
      const sent = get('endless');
      const { headers, body } = await sent.answer;
      body.pause();
      const id = headers['sallyport-exchange'];
      const outcome = await untilOutcome(
        site.project,
        ({ kind, exchange_id }) => kind === 'outcome' && exchange_id === id,
      );
      assert.deepEqual([outcome.code, outcome.status], ['ADMIT_TOTAL_LATE', 200]);
      assert.ok(site.peak() - before_bytes < 80 * MIB);
      sent.kill();
    });
  });
}
