/** Bodies that mean more than was judged: to the service through the gate, and to the caller from a hostile service. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type AttackedGate, attackedGate, get } from './attacked-gate.ts';

const CONTRACT = `openapi: 3.1.0
info: { title: Bodies, version: "1" }
paths:
  /files:
    put:
      operationId: putFile
      requestBody:
        content:
          application/json: { schema: { type: object, properties: { a: { type: string } } } }
          "*/*": { schema: { type: string, format: binary } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /texts:
    post:
      operationId: sendText
      requestBody:
        content:
          text/*: { schema: { type: string, pattern: "^(a|aa)+$" } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /forms:
    post:
      operationId: sendForm
      requestBody:
        content:
          multipart/form-data:
            schema: { type: object, properties: { file: { type: string, format: binary }, n: { $ref: "#/components/schemas/Many" } } }
          application/x-www-form-urlencoded:
            encoding: { o: { style: deepObject } }
            schema:
              type: object
              properties:
                n: { $ref: "#/components/schemas/Many" }
                o: { type: object, additionalProperties: { oneOf: [{ type: integer }, { type: string, maxLength: 3 }] } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /kinds:
    post:
      operationId: sendKind
      requestBody:
        content:
          application/json:
            schema:
              oneOf: [{ $ref: "#/components/schemas/A" }, { $ref: "#/components/schemas/B" }]
              discriminator: { propertyName: kind, mapping: { second: "#/components/schemas/B" } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /answers:
    get:
      operationId: getAnswer
      responses:
        "2XX":
          description: a range, so that any status of it has content
          content:
            application/octet-stream: { schema: { type: string, format: binary } }
            text/*: { schema: { type: string } }
            application/json: { schema: { type: object, properties: { id: { type: string } } } }
  /large:
    get:
      operationId: getLarge
      responses:
        "200":
          description: never less than it says
          content: { application/octet-stream: { schema: { type: string, format: binary, minLength: 200000 } } }
components:
  schemas:
    Many: { type: array, items: { oneOf: [{ type: integer }, { type: string, pattern: "^a*b$" }] } }
    A: { type: object, required: [kind], properties: { kind: { type: string }, a: { type: string } } }
    B: { type: object, required: [kind], properties: { kind: { type: string }, b: { type: string } } }
  responses:
    Done: { description: done, content: { application/json: { schema: { type: object } } } }
`;

let attacked: AttackedGate;
before(async () => {
  attacked = await attackedGate({
    contract: CONTRACT,
    policies: 'permit (principal, action, resource in Api::"orders");',
  });
  attacked.upstream.answer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
after(() => attacked.stop());

/** The Content-Type that reached the service, or the code of the refusal. */
async function reached(target: string, type: string, body: string | Buffer, more = ''): Promise<string> {
  const { upstream, outcomes } = attacked;
  const bytes = Buffer.from(body);
  upstream.received.splice(0);
  const head = `${target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n`;
  await attacked.send(`${head}${more}\r\n${bytes.toString('latin1')}`);
  const [seen] = upstream.received;
  return seen ? String(seen.headers['content-type']) : String(outcomes.at(-1)?.code);
}

for (const type of [
  'text/json',
  'application/vnd.a+json',
  'Application/X-JSON',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; v=1',
]) {
  test(`${type} does not pass unread under a range where JSON beside it is judged`, async () => {
    const expected = type.endsWith('X-JSON') ? 'application/x-json' : 'VALIDATE_MEDIA_TYPE';
    assert.equal(await reached('PUT /api/files', type, '{"undeclared":1}'), expected);
  });
}

test('a range passes what it is for, and a text under one goes on by its own name', async () => {
  assert.equal(await reached('PUT /api/files', 'image/png', 'x'), 'image/png');
  assert.equal(await reached('POST /api/texts', 'Text/X-Note', 'aa'), 'text/x-note;charset=utf-8');
});

test('the value of a discriminator names a branch, never a member of all objects', async () => {
  for (const kind of [
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    '',
    'b',
    '/B',
    '#/components/schemas/B',
  ]) {
    const code = await reached('POST /api/kinds', 'application/json', JSON.stringify({ kind, b: 'x' }));
    assert.match(code, /^VALIDATE_/, kind);
  }
  assert.equal(
    await reached('POST /api/kinds', 'application/json', '{"kind":"second","a":"x"}'),
    'VALIDATE_FIELD_UNDECLARED',
  );
  assert.equal(await reached('POST /api/kinds', 'application/json', '{"kind":"second","b":"x"}'), 'application/json');
});

function part(name: string, body: string, more = ''): string {
  return `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${body}\r\n`;
}

for (const name of ['a;name=n', 'a.txt::$DATA', 'C:a.txt', '..%5Ca', 'a%252Fb', '..', 'a\u202etxt.exe']) {
  test(`the file name ${JSON.stringify(name)} is refused`, async () => {
    const body = `${part('file', 'x', `; filename="${name}"`)}--b--\r\n`;
    assert.equal(await reached('POST /api/forms', 'multipart/form-data; boundary=b', body), 'VALIDATE_MULTIPART');
  });
}

test('many parts, pairs and brackets, and patterns in each, are bounded', async () => {
  const slow = 'a'.repeat(300);
  const parts = `${part('n', slow).repeat(1000)}--b--\r\n`;
  const urlencoded = 'application/x-www-form-urlencoded';
  assert.equal(await reached('POST /api/forms', 'multipart/form-data; boundary=b', parts), 'VALIDATE_SCHEMA');
  assert.equal(
    await reached('POST /api/forms', 'multipart/form-data; boundary=b', `${part('n', '1').repeat(1001)}--b--\r\n`),
    'VALIDATE_MULTIPART',
  );
  assert.equal(
    await reached('POST /api/forms', urlencoded, Array(4000).fill(`n=${slow}`).join('&').slice(0, 1_000_000)),
    'VALIDATE_SCHEMA',
  );
  assert.equal(
    await reached('POST /api/forms', urlencoded, Array.from({ length: 4000 }, (_, at) => `o[${at}]=abcd`).join('&')),
    'VALIDATE_SCHEMA',
  );
  assert.equal(await reached('POST /api/forms', urlencoded, Array(4097).fill('n=1').join('&')), 'VALIDATE_FORM');
  assert.equal(await reached('POST /api/forms', urlencoded, `o${'[a]'.repeat(9)}=1`), 'VALIDATE_FORM');
  assert.equal(await reached('POST /api/texts', 'text/plain', `${'a'.repeat(900_000)}!`), 'VALIDATE_SCHEMA');
});

for (const [coding, compress] of Object.entries({
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
})) {
  test(`a bomb of ${coding} is refused, read as a whole and while it streams, and so is one cut short`, async () => {
    const bomb = compress(Buffer.alloc(20_000_000, 'a'));
    const cut = compress(Buffer.from('hello hello hello')).subarray(0, -3);
    const field = `Content-Encoding: ${coding}\r\n`;
    for (const target of ['POST /api/texts', 'PUT /api/files']) {
      assert.equal(await reached(target, 'text/plain', bomb, field), 'VALIDATE_DECOMPRESSION');
      assert.equal(await reached(target, 'text/plain', cut, field), 'VALIDATE_DECOMPRESSION');
    }
  });
}

/** What the caller gets of a raw answer, and the code on record. */
async function answered(path: string, raw: string): Promise<string> {
  attacked.upstream.answer((_request, response) => void response.socket?.end(Buffer.from(raw, 'latin1')));
  const { status, body } = await attacked.send(get(`/api${path}`));
  const { code } = attacked.outcomes.at(-1) ?? {};
  return code ? `${status} ${code}` : `${status} ${body}`;
}

function raw(status: number, fields: string, body: string): string {
  return `HTTP/1.1 ${status} X\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}

for (const type of ['application/octet-stream', 'text/plain', 'application/json']) {
  test(`a 205 with ${type} is refused, though a range of statuses declares content`, async () => {
    assert.equal(await answered('/answers', raw(205, `Content-Type: ${type}\r\n`, '{}')), '502 FILTER_BODY_UNEXPECTED');
    assert.deepEqual(attacked.notices, [], 'no defect of the gate');
  });
}

test('a coding that stands twice is no coding to read past', async () => {
  const fields = 'Content-Type: application/octet-stream\r\nContent-Encoding: gzip\r\nContent-Encoding: br\r\n';
  assert.equal(await answered('/answers', raw(200, fields, 'hello')), '502 FILTER_MEDIA_TYPE');
});

test('a text under a range comes back by the name its service gave it', async () => {
  attacked.upstream.answer(
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/x-a' }).end('hi'),
  );
  const { headers } = await attacked.send(get('/api/answers'));
  assert.equal(headers['content-type'], 'text/x-a;charset=utf-8');
});

test('a streamed answer that ends before its least length never ends cleanly', async () => {
  attacked.upstream.answer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.alloc(100_000));
  });
  await attacked.send(get('/api/large')).then(
    () => assert.fail('a whole answer'),
    () => undefined,
  );
  assert.equal(attacked.outcomes.at(-1)?.code, 'FILTER_SCHEMA');
  assert.equal(attacked.outcomes.at(-1)?.rule, 'minLength');
});
