/** Bounds and guards of a contract, gone round by another form of the same thing; and streams that a reload or the end meets. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { loadConfig } from '../../src/config/load.ts';
import { openRaw, readAnswers } from '../acceptance/wire/raw-client.ts';
import { type AttackedGate, attackedGate, get } from './attacked-gate.ts';

const CONTRACT = `openapi: 3.1.0
info: { title: Nets, version: "1" }
paths:
  /bounded:
    post:
      operationId: bounded
      x-limits: { body: 1KiB, string: 100B }
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/Thing" } }
          application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Thing" } }
          multipart/form-data: { schema: { $ref: "#/components/schemas/Thing" } }
          text/plain: { schema: { type: string } }
          application/octet-stream: { schema: { type: string, format: binary } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /codes:
    get:
      operationId: getCode
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /files:
    put:
      operationId: putFile
      requestBody: { content: { application/octet-stream: { schema: { type: string, format: binary } } } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
components:
  schemas:
    Thing: { type: object, properties: { a: { type: string } } }
  responses:
    Done:
      description: done
      content:
        application/json: { schema: { type: object, properties: { code: { type: string, pattern: "^[A-Za-z0-9_]+$" } } } }
`;
const POLICIES = `permit (principal, action, resource in Api::"orders");
`;

let attacked: AttackedGate;
before(async () => {
  attacked = await attackedGate({ contract: CONTRACT, policies: POLICIES });
});
after(() => attacked.stop());

const serve = (value: object): void =>
  attacked.upstream.answer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  });

function send(type: string, body: Buffer, more = ''): ReturnType<AttackedGate['send']> {
  const head = `POST /api/bounded HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n`;
  return attacked.send(`${head}${more}\r\n${body.toString('latin1')}`);
}

const LONG = 'x'.repeat(5_000);
const multipart = (value: string): Buffer =>
  Buffer.from(`--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${value}\r\n--b--\r\n`);
const FORMS = [
  ['application/json', Buffer.from(`{"a":"${LONG}"}`)],
  ['application/x-www-form-urlencoded', Buffer.from(`a=${LONG}`)],
  ['multipart/form-data; boundary=b', multipart(LONG)],
  ['text/plain', Buffer.from(LONG)],
  ['application/octet-stream', Buffer.from(LONG)],
] as const;

for (const [type, body] of FORMS) {
  test(`a body of ${type} is as large as x-limits says, compressed or not`, async () => {
    serve({});
    const known = attacked.upstream.received.length;
    const coded = gzipSync(body);
    assert.ok(coded.length < 1_024);
    assert.equal((await send(type, body)).status, 413);
    assert.equal((await send(type, coded, 'Content-Encoding: gzip\r\n')).status, 413);
    assert.equal(attacked.upstream.received.length, known);
  });
}

test('a key in a field whose pattern is of letters and digits does not leave', async () => {
  serve({ code: 'A1' });
  assert.equal((await attacked.send(get('/api/codes'))).status, 200);
  serve({ code: `AKIA${'Q3RS7TUVWXYZ2AB5'}` });
  assert.equal((await attacked.send(get('/api/codes'))).status, 502);
  assert.equal(attacked.outcomes.at(-1)?.code, 'FILTER_LEAK');
});

test('a reload that suspends a party ends its upload: the service never sees the end of it', async () => {
  const connection = await openRaw({ port: attacked.port, client: attacked.identity('acme-erp') });
  const known = attacked.upstream.received.length;
  const head = 'Host: localhost\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
  connection.write(`PUT /api/files HTTP/1.1\r\n${head}3\r\nabc\r\n`);
  await sleep(100);
  const from = attacked.outcomes.length;
  const party = readFileSync(join(attacked.project.folder, 'parties/acme.yaml'), 'utf8');
  attacked.project.write('parties/acme.yaml', `${party}suspended: true\n`);
  await attacked.gate.reload(await loadConfig(attacked.project.config));
  connection.write('3\r\ndef\r\n0\r\n\r\n');
  assert.ok(await connection.untilClosed(3_000));
  assert.equal(readAnswers(connection.received()).answers.length, 0);
  for (let i = 0; i < 100 && attacked.outcomes.length === from; i++) await sleep(20);
  assert.equal(attacked.outcomes.at(-1)?.verdict, 'refused');
  assert.equal(attacked.upstream.received.length, known);
});

test('nothing of all this was a defect of the gate', () => assert.deepEqual(attacked.notices, []));
