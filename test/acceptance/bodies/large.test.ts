import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { outcomeOf } from '../harness/outcomes.ts';
import { type BodiesGate, MIB, startBodiesGate } from './bodies-gate.ts';
import { CLIENTS, drain } from './client.ts';

const send = CLIENTS['1.1']!;
const LIMITS = `    limits: { body: 1GiB, response: 1GiB }
`;

describe('an api that allows bodies of 1 GiB', () => {
  let site: BodiesGate;
  before(async () => {
    site = await startBodiesGate({ api_more: LIMITS });
  });
  after(() => site.close());

  it('takes a binary body of more than is ever held', async () => {
    const size = 65 * MIB;
    site.serve((request, response) => {
      let came = 0;
      request.on('data', (chunk: Buffer) => {
        came += chunk.length;
      });
      request.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ size: came }));
      });
    });
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
    const sent = send(site.project, site.gate.port, { method: 'PUT', path: '/api/files/a', headers });
    const block = Buffer.alloc(MIB);
    for (let i = 0; i < 65; i++) {
      if (!sent.body.write(block)) await new Promise((resolve) => sent.body.once('drain', resolve));
    }
    sent.body.end();
    const { status, body } = await sent.answer;
    let text = '';
    await drain(body, (part) => {
      text += part.toString();
    });
    assert.deepEqual([status, JSON.parse(text)], [201, { size }]);
  });

  it('refuses a JSON body of more than is ever held before it is sent', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': String(65 * MIB) };
    const sent = send(site.project, site.gate.port, { method: 'POST', path: '/api/json', headers });
    const { status, headers: fields } = await sent.answer;
    sent.kill();
    assert.equal(status, 413);
    assert.equal((await outcomeOf(site.project, String(fields['sallyport-exchange']))).code, 'LIMIT_BODY');
  });

  it('refuses a JSON answer of more than is ever held by its head', async () => {
    site.serve((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 257 * MIB });
      response.write('{');
    });
    const headers = { 'content-type': 'application/json', 'content-length': '12' };
    const sent = send(site.project, site.gate.port, { method: 'POST', path: '/api/json', headers });
    sent.body.end('{"item":"a"}');
    const { status, headers: fields } = await sent.answer;
    assert.equal(status, 502);
    assert.equal((await outcomeOf(site.project, String(fields['sallyport-exchange']))).code, 'FILTER_BODY_TOO_LARGE');
  });
});
