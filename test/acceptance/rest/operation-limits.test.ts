import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { missingTools } from '../harness/tools.ts';
import { assertRefused, type RestGate, startRestGate } from './rest-gate.ts';
import { answering } from './service.ts';

/** The limits are laid over the contract, as whoever does not own it would do. */
const CONTRACT = `openapi: 3.1.0
info: { title: Echo, version: '1' }
paths:
  /open:
    post: { operationId: createOpen, ${operation()} }
  /bounded:
    post: { operationId: createBounded, ${operation()} }
  /worked:
    post: { operationId: createWorked, ${operation('{ type: array, items: { type: string, pattern: ^(?:ab|c)+$ } }')} }
  /short:
    get: { operationId: readShort, ${answers()} }
  /late:
    get: { operationId: readLate, ${answers()} }
`;

function operation(schema = '{ additionalProperties: true, items: true }'): string {
  return `requestBody: { content: { application/json: { schema: ${schema} } } }, ${answers()}`;
}

function answers(): string {
  return "responses: { '200': { description: done, content: { application/json: { schema: { additionalProperties: true, items: true } } } } }";
}

const OVERLAY = `overlay: 1.0.0
info: { title: Limits, version: '1' }
extends: orders.yaml
actions:
  - target: $.paths['/bounded'].post
    description: the service behind it keeps everything in memory
    update: { x-limits: { body: 60B, depth: 3, keys: 4, items: 5, array: 3, string: 8B, number: 6 } }
  - target: $.paths['/worked'].post
    update: { x-limits: { work: 1000 } }
  - target: $.paths['/short'].get
    update: { x-limits: { response: 20B, depth: 1 } }
  - target: $.paths['/late'].get
    update: { x-limits: { time: 300ms } }
`;

const LIMITS = `    overlays: [contracts/limits.overlay.yaml]
    limits: { body: 1KiB, depth: 8, string: 16B }
`;
const JSON_TYPE = { 'content-type': 'application/json' };

/** What is accepted, what is one above it, and the rule it breaks. */
const BOUNDS = [
  ['depth', '[{"a":[]}]', '[{"a":[[]]}]'],
  ['keys', '{"a":1,"b":2,"c":{"d":1}}', '{"a":1,"b":2,"c":{"d":1,"e":1}}'],
  ['items', '[[1,2],[3]]', '[[1,2],[3,4]]'],
  ['array', '[1,2,3]', '[1,2,3,4]'],
  ['string', '["12345678"]', '["123456789"]'],
  ['number', '[123456]', '[1234567]'],
] as const;

describe('limits of an operation', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate({
      contract: CONTRACT,
      upstream_more: LIMITS,
      policies: '@id("all") permit (principal, action, resource);',
      files: { 'contracts/limits.overlay.yaml': OVERLAY },
    });
    rest.upstream.answer(answering(200, JSON_TYPE, '{"ok":true}'));
  });
  after(() => rest.close());

  const post = (path: string, body: string) => rest.call(`/api/${path}`, { method: 'POST', body });

  for (const [rule, at, above] of BOUNDS) {
    it(`a body at the bound of ${rule} passes, one above it is refused with that rule`, async () => {
      const passed = await post('bounded', at);
      assert.equal(passed.status, 200, passed.body);
      assert.equal(rest.onlyReceived().body, at);
      const refused = await post('bounded', above);
      await assertRefused(rest, refused, {
        status: 413,
        problem: 'too-large',
        code: 'VALIDATE_JSON_LIMIT',
        step: 'validate',
        pointer: '',
        rule,
      });
      assert.equal((await post('open', above)).status, 200);
      rest.upstream.received.length = 0;
    });
  }

  it('a body may be as large as the operation allows, where its api would allow more', async () => {
    const at = `[${' '.repeat(58)}]`;
    assert.equal((await post('bounded', at)).status, 200);
    rest.upstream.received.length = 0;
    const refused = await post('bounded', `${at} `);
    await assertRefused(rest, refused, { status: 413, problem: 'too-large', code: 'LIMIT_BODY', step: 'limit' });
    assert.equal((await post('open', `${at} `)).status, 200);
    rest.upstream.received.length = 0;
  });

  it('judging a body may take no more steps than the operation allows', async () => {
    const texts = (count: number) => JSON.stringify(Array.from({ length: count }, () => 'ab'));
    assert.equal((await post('worked', texts(20))).status, 200);
    const record = await rest.recordOf(await post('worked', texts(190)));
    assert.deepEqual([record.code, record.rule], ['VALIDATE_SCHEMA', 'complexity']);
    assert.equal((await post('open', texts(190))).status, 200);
    rest.upstream.received.length = 0;
  });

  it('the limits of the api hold for operations without their own', async () => {
    assert.equal((await post('open', '["1234567890123456"]')).status, 200);
    rest.upstream.received.length = 0;
    const record = await rest.recordOf(await post('open', '["12345678901234567"]'));
    assert.deepEqual([record.code, record.rule], ['VALIDATE_JSON_LIMIT', 'string']);
  });

  it('an answer larger or deeper than the operation allows is the fault of the upstream', async () => {
    rest.upstream.answer(answering(200, JSON_TYPE, `{"a":1}${' '.repeat(13)}`));
    assert.equal((await rest.call('/api/short')).status, 200);
    rest.upstream.answer(answering(200, JSON_TYPE, `{"a":1}${' '.repeat(14)}`));
    const large = await rest.call('/api/short');
    assert.deepEqual([large.status, (await rest.recordOf(large)).code], [502, 'FILTER_BODY_TOO_LARGE']);
    rest.upstream.answer(answering(200, JSON_TYPE, '{"a":{}}'));
    const deep = await rest.call('/api/short');
    assert.deepEqual([deep.status, (await rest.recordOf(deep)).rule], [502, 'depth']);
    rest.upstream.received.length = 0;
  });

  it('an operation that has less time than its zone is ended when that is over', async () => {
    rest.upstream.answer(() => undefined);
    const late = await rest.call('/api/late');
    assert.deepEqual([late.status, (await rest.recordOf(late)).code], [504, 'FORWARD_LATE']);
  });
});
