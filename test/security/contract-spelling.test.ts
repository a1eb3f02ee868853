/** Other spellings of what a contract declares: of a path, a name, an empty value. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AttackedGate, attackedGate, get } from './attacked-gate.ts';

const CONTRACT = `openapi: 3.1.0
info: { title: Spelling, version: "1" }
paths:
  /orders/{id}:
    get: { operationId: getOrder, parameters: [{ $ref: "#/components/parameters/Id" }], responses: { "200": { $ref: "#/components/responses/Done" } } }
    delete: { operationId: deleteOrder, parameters: [{ $ref: "#/components/parameters/Id" }], responses: { "200": { $ref: "#/components/responses/Done" } } }
  /orders/{id}.pdf:
    get: { operationId: printOrder, parameters: [{ $ref: "#/components/parameters/Id" }], responses: { "200": { $ref: "#/components/responses/Done" } } }
  /orders/exportAll:
    get: { operationId: exportAll, responses: { "200": { $ref: "#/components/responses/Done" } } }
  /files/{path}:
    get:
      operationId: getFile
      parameters: [{ name: path, in: path, required: true, x-multi-segment: true, schema: { type: string } }]
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /files/admin/keys:
    get: { operationId: getKeys, responses: { "200": { $ref: "#/components/responses/Done" } } }
  /all:
    get:
      operationId: listAll
      parameters:
        - { name: party, in: query, allowEmptyValue: true, schema: { $ref: "#/components/schemas/Own" } }
        - { name: parties, in: query, allowEmptyValue: true, schema: { type: array, items: { $ref: "#/components/schemas/Own" } } }
        - { name: note, in: query, allowEmptyValue: true, schema: { type: string, minLength: 3 } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /search:
    get:
      operationId: search
      parameters:
        - { name: party, in: query, schema: { $ref: "#/components/schemas/Own" } }
        - { name: filter, in: query, style: deepObject, schema: { type: object, properties: { party: { $ref: "#/components/schemas/Own" } } } }
        - { name: rest, in: query, schema: { type: object, additionalProperties: { type: string } } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /forms:
    post:
      operationId: sendForm
      requestBody:
        content:
          application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Open" } }
          multipart/form-data: { schema: { $ref: "#/components/schemas/Open" } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
  /jar:
    get:
      operationId: openJar
      parameters:
        - { name: session, in: cookie, schema: { type: string } }
        - { name: rest, in: cookie, schema: { type: object, additionalProperties: { type: string } } }
      responses: { "200": { $ref: "#/components/responses/Done" } }
components:
  parameters:
    Id: { name: id, in: path, required: true, schema: { type: string } }
  schemas:
    Own: { type: string, x-bind: principal.party }
    Open:
      type: object
      properties:
        party: { $ref: "#/components/schemas/Own" }
        secret: { type: string, readOnly: true }
        blob: { type: string, format: binary, readOnly: true }
      additionalProperties: { type: string }
  responses:
    Done: { description: done, content: { application/json: { schema: { type: object } } } }
`;
/** Acme may do everything but what is named; what it asks for is decided by the operation alone. */
const POLICIES = `permit (principal, action, resource in Api::"orders");
forbid (principal, action, resource == Operation::"orders.exportAll");
forbid (principal, action, resource == Operation::"orders.getKeys");
`;

let attacked: AttackedGate;
before(async () => {
  attacked = await attackedGate({ contract: CONTRACT, policies: POLICIES });
  attacked.upstream.answer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
after(() => attacked.stop());

/** What reached the service, or the code of the refusal. */
async function reached(bytes: string): Promise<string> {
  const { upstream, outcomes } = attacked;
  upstream.received.splice(0);
  await attacked.send(bytes);
  const [seen] = upstream.received;
  return seen ? `${seen.method} ${seen.url}` : String(outcomes.at(-1)?.code);
}

for (const path of [
  '/orders/%65xportAll',
  '/orders/export%41ll',
  '/orders/exportall',
  '/orders/EXPORTALL',
  '/orders/%45%58port%61ll',
  '/orders/exportA%4C%6C',
  '/orders/7%2Epdf',
  '/orders/7.PDF',
  '/orders/7.p%64f',
  '/files/admin/%6Beys',
  '/files/Admin/keys',
  '/files/%61dmin/key%73',
]) {
  test(`${path} is no value of a wider operation where it spells a narrower one`, async () => {
    assert.equal(await reached(get(`/api${path}`)), 'MATCH_PATH');
  });
}

test('a spelling of a narrower path gives no method that it does not declare', async () => {
  const remove = get('/api/orders/%65xportAll').replace('GET', 'DELETE');
  assert.equal(await reached(remove), 'MATCH_PATH');
});

test('values that spell nothing else pass, capitals and escapes included', async () => {
  assert.equal(await reached(get('/api/orders/A%2D7')), 'GET /orders/A-7');
  assert.equal(await reached(get('/api/files/Admin/Readme.TXT')), 'GET /files/Admin/Readme.TXT');
  assert.equal(await reached(get('/api/orders/EXPORTS')), 'GET /orders/EXPORTS');
});

test('an empty value that may stand never stands for the name of the caller', async () => {
  assert.equal(await reached(get('/api/all?party=')), 'VALIDATE_BINDING');
  assert.equal(await reached(get('/api/all?party')), 'VALIDATE_PARAMETER');
  assert.equal(await reached(get('/api/all?parties=')), 'VALIDATE_BINDING');
  assert.equal(await reached(get('/api/all?note')), 'GET /all?party=acme&note=');
});

for (const query of [
  'Party=globex',
  'party.=globex',
  'party.x=globex',
  'filter.party=globex',
  'FILTER.party=g',
  'party%5B%5D=g',
]) {
  test(`an open query does not take ?${query} beside a bound value`, async () => {
    assert.equal(await reached(get(`/api/search?${query}`)), 'VALIDATE_PARAMETER_UNDECLARED');
  });
}

test('a bound member of a deep object is held to the caller however its brackets are written', async () => {
  for (const query of [
    'filter[party]=globex',
    'filter%5Bparty%5D=globex',
    'filter%5bparty]=globex',
    'filter[party]=acm%65x',
  ]) {
    assert.equal(await reached(get(`/api/search?${query}`)), 'VALIDATE_BINDING');
  }
  for (const query of [
    'filter[Party]=g',
    'filter[party][]=g',
    'filter[party][0]=g',
    'filter[party]=acme&filter[party]=g',
    'filter[]=g',
    'filter=g',
  ]) {
    assert.match(await reached(get(`/api/search?${query}`)), /^VALIDATE_/, query);
  }
});

function form(type: string, body: string): string {
  const head = `Host: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return `POST /api/forms HTTP/1.1\r\n${head}\r\n${body}`;
}

function part(name: string, more = ''): string {
  const body = `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\nglobex\r\n--b--\r\n`;
  return form('multipart/form-data; boundary=b', body);
}

for (const name of [
  'Party',
  'party[]',
  'party[0]',
  'party ',
  'PARTY.x',
  'party.',
  'secret',
  'blob',
  'Secret',
  '__proto__',
]) {
  test(`an open form does not take '${name}' beside a bound or read-only field`, async () => {
    assert.match(await reached(part(name)), /^VALIDATE_/);
    assert.match(
      await reached(form('application/x-www-form-urlencoded', `${encodeURIComponent(name)}=globex`)),
      /^VALIDATE_/,
    );
  });
}

test('another party is refused in every format of a form, and other names pass', async () => {
  assert.equal(await reached(part('party')), 'VALIDATE_BINDING');
  assert.equal(await reached(part('party', '; filename="x"')), 'VALIDATE_BINDING');
  assert.equal(await reached(form('application/x-www-form-urlencoded', 'p%61rty=globex')), 'VALIDATE_BINDING');
  assert.equal(await reached(part('remark')), 'POST /forms');
});

for (const cookie of [
  '$Version=1; session=a',
  'session=a; $Path=/',
  'session=a; Session=b',
  'session=a; session=b',
  'session=a;x=b',
]) {
  test(`an open jar does not take Cookie: ${cookie}`, async () => {
    assert.match(await reached(get('/api/jar', `Cookie: ${cookie}\r\n`)), /^VALIDATE_PARAMETER/);
  });
}

test('nothing of a refused spelling is on record', () => {
  assert.ok(!/globex|xport|Party\b/.test(JSON.stringify(attacked.outcomes.filter(({ code }) => code !== null))));
  assert.deepEqual(attacked.notices, []);
});
