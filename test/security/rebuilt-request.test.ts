import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AttackedGate, attackedGate, get, post } from './attacked-gate.ts';

const CONTRACT = `openapi: 3.1.0
info: { title: Things, version: "1" }
paths:
  /things/{thing}:
    get:
      operationId: getThing
      parameters:
        - { name: thing, in: path, required: true, schema: { type: string } }
        - { name: User-Agent, in: header, schema: { type: string } }
      responses:
        "200":
          description: a thing
          headers:
            X-Echo: { schema: { type: string } }
          content:
            application/json: { schema: { type: object, properties: { name: { type: string } } } }
  /things:
    post:
      operationId: makeThing
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                name: { type: string }
                owner: { allOf: [ { $ref: "#/components/schemas/Owner" } ], description: who it is for }
      responses:
        "204": { description: made }
components:
  schemas:
    Owner: { type: string, x-bind: principal.party }
`;

let gate: AttackedGate;
before(async () => {
  gate = await attackedGate({ contract: CONTRACT });
  gate.upstream.answer((request, response) => {
    if (request.method === 'POST') return void response.writeHead(204).end();
    response.writeHead(200, { 'content-type': 'application/json', 'x-echo': 'cache-control' });
    response.end('{"name":"bolt"}');
  });
});
after(() => gate.stop());

/** What a refused path would look like to a service that decodes once more than it should. */
const HOSTILE: readonly [what: string, segment: string][] = [
  ['a slash', '%25%32%66'],
  ['a backslash', '%25%35%63'],
  ['two dots', '%25%32%65%25%32%65'],
  ['a control character', '%25%30%30'],
  ['two dots with path parameters', '..%3Bx'],
];

describe('the rebuilt path', () => {
  for (const [what, segment] of HOSTILE) {
    it(`does not carry ${what}, encoded piece by piece`, async () => {
      gate.upstream.received.length = 0;
      const answer = await gate.send(get(`/api/things/${segment}`));
      const reached = gate.upstream.received.map(({ url }) => url);
      assert.deepEqual([reached, answer.status >= 400], [[], true]);
      assert.equal(gate.outcomes.at(-1)?.verdict, 'refused');
    });
  }

  it('never leaves the operation that was authorised', async () => {
    for (const segment of [
      'a%3Fadmin=1',
      'a%23b',
      'a%26b',
      'a%20HTTP',
      '%E2%80%AE',
      '..%20',
      'a@evil.example',
      ':80',
    ]) {
      gate.upstream.received.length = 0;
      const answer = await gate.send(get(`/api/things/${segment}`));
      const [seen] = gate.upstream.received;
      if (answer.status !== 200) continue;
      assert.match(seen!.url, /^\/things\/[A-Za-z0-9._~%-]+$/);
      assert.equal(decodeURIComponent(seen!.url.slice('/things/'.length)), decodeURIComponent(segment));
    }
  });
});

describe('the rebuilt fields', () => {
  it('hold each field that the gate writes itself once', async () => {
    gate.upstream.received.length = 0;
    await gate.send(get('/api/things/1', 'User-Agent: partner/1\r\n'));
    const names = gate.upstream.received[0]!.raw_headers.filter((_, at) => at % 2 === 0);
    assert.deepEqual(
      names.filter((name) => name.toLowerCase() === 'user-agent'),
      ['user-agent'],
    );
  });

  it('of the answer forbid storing whatever a value says', async () => {
    const answer = await gate.send(get('/api/things/1'));
    assert.equal(answer.headers['x-echo'], 'cache-control');
    assert.equal(answer.headers['cache-control'], 'no-store');
  });
});

describe('a bound member behind allOf', () => {
  it('naming another party is refused', async () => {
    const answer = await gate.send(post('/api/things', '{"name":"bolt","owner":"globex"}'));
    assert.equal(answer.status, 403);
    assert.equal(gate.outcomes.at(-1)?.code, 'VALIDATE_BINDING');
  });

  it('is filled in where it is absent', async () => {
    gate.upstream.received.length = 0;
    await gate.send(post('/api/things', '{"name":"bolt"}'));
    assert.equal(gate.upstream.received[0]?.body, '{"name":"bolt","owner":"acme"}');
  });
});
