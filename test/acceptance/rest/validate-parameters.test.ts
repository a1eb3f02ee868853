import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';
import { assertRefused, type Call, HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';

/** Stands where a value is wrong: it must be in no answer and in no record. */
const CANARY = 'canary7f3a';

interface Case {
  readonly what: string;
  readonly path: string;
  readonly call?: Call;
  readonly code: string;
  readonly pointer: string;
  readonly rule: string;
}

const STOCK = '/api/parties/acme/stock';
const PURPOSE: Call = { headers: ['X-Purpose: audit'] };
const parameter = (rule: string) => ({ code: 'VALIDATE_PARAMETER', rule });

// biome-ignore format: a table
const CASES: readonly Case[] = [
  { what: 'a query parameter of the wrong type', path: `/api/orders?limit=${CANARY}`, pointer: 'query/limit', ...parameter('type') },
  { what: 'a number with an exponent for an integer', path: '/api/orders?limit=1e1', pointer: 'query/limit', ...parameter('type') },
  { what: 'a query parameter above its maximum', path: '/api/orders?limit=101', pointer: 'query/limit', ...parameter('maximum') },
  { what: 'a boolean in other words', path: '/api/orders?urgent=yes', pointer: 'query/urgent', ...parameter('type') },
  { what: 'an item outside its enumeration', path: `/api/orders?color=red&color=${CANARY}`, pointer: 'query/color', ...parameter('enum') },
  { what: 'an array with too many items', path: '/api/orders?color=red&color=red&color=red&color=red', pointer: 'query/color', ...parameter('maxItems') },
  { what: 'a plus sign, which has two readings', path: '/api/orders?item=a+b', pointer: 'query/item', ...parameter('plus') },
  { what: 'an encoding that is not UTF-8', path: '/api/orders?item=%ff', pointer: 'query/item', ...parameter('encoding') },
  { what: 'a query part without a value', path: `/api/orders?${CANARY}`, pointer: 'query', ...parameter('form') },
  { what: 'an undeclared query parameter', path: `/api/orders?${CANARY}=${CANARY}`, pointer: 'query', code: 'VALIDATE_PARAMETER_UNDECLARED', rule: 'undeclared' },
  { what: 'a query parameter in other case', path: '/api/orders?Limit=1', pointer: 'query', code: 'VALIDATE_PARAMETER_UNDECLARED', rule: 'undeclared' },
  { what: 'a query parameter that stands twice', path: '/api/orders?limit=1&limit=2', pointer: 'query/limit', code: 'VALIDATE_PARAMETER_REPEATED', rule: 'repeated' },
  { what: 'a query parameter that stands twice, once encoded', path: '/api/orders?limit=1&%6cimit=2', pointer: 'query/limit', code: 'VALIDATE_PARAMETER_REPEATED', rule: 'repeated' },
  { what: 'a missing query parameter', path: STOCK, call: PURPOSE, pointer: 'query/warehouse', code: 'VALIDATE_PARAMETER_MISSING', rule: 'required' },
  { what: 'a path parameter of the wrong format', path: `/api/orders/${CANARY}`, pointer: 'path/orderId', ...parameter('format') },
  { what: 'a missing header parameter', path: `${STOCK}?warehouse=north`, pointer: 'header/X-Purpose', code: 'VALIDATE_PARAMETER_MISSING', rule: 'required' },
  { what: 'a header parameter outside its enumeration', path: `${STOCK}?warehouse=north`, call: { headers: [`X-Purpose: ${CANARY}`] }, pointer: 'header/X-Purpose', ...parameter('enum') },
  { what: 'a header parameter that stands twice', path: `${STOCK}?warehouse=north`, call: { headers: ['X-Purpose: audit', 'X-Purpose: planning'] }, pointer: 'header/X-Purpose', code: 'VALIDATE_PARAMETER_REPEATED', rule: 'repeated' },
];

const BINDINGS: readonly { what: string; path: string; pointer: string }[] = [
  { what: 'a query parameter', path: '/api/orders?party=globex', pointer: 'query/party' },
  { what: 'a path parameter', path: '/api/parties/globex/stock?warehouse=north', pointer: 'path/party' },
];

describe('validate parameters', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate();
  });
  after(() => rest.close());

  for (const http of HTTP_VERSIONS) {
    for (const { what, path, call = {}, code, pointer, rule } of CASES) {
      it(`${what} over HTTP/${http} is refused with 422 and recorded as ${code} at its place`, async () => {
        const answer = await rest.call(path, { ...call, http });
        const record = await assertRefused(rest, answer, {
          status: 422,
          problem: 'invalid',
          code,
          step: 'validate',
          pointer,
          rule,
        });
        assert.ok(!(answer.body + JSON.stringify(answer.headers)).includes(CANARY), 'the value was echoed');
        assert.ok(!JSON.stringify(record.stored.ocsf).includes(CANARY), 'the value was recorded');
      });
    }

    for (const { what, path, pointer } of BINDINGS) {
      it(`${what} bound to the caller that names another party over HTTP/${http} is refused with 403 and recorded as VALIDATE_BINDING`, async () => {
        const answer = await rest.call(path, { ...PURPOSE, http });
        const record = await assertRefused(rest, answer, {
          status: 403,
          problem: 'denied',
          code: 'VALIDATE_BINDING',
          step: 'validate',
          pointer,
          rule: 'x-bind',
        });
        assert.equal(record.party, 'acme');
      });
    }

    it(`an absent parameter that is bound to the caller is filled in over HTTP/${http}`, async () => {
      assert.equal((await rest.call('/api/orders', { http })).status, 200);
      assert.equal(rest.onlyReceived().url, '/orders?party=acme');
      assert.equal((await rest.call('/api/orders', { http, as: 'globex-reports' })).status, 200);
      assert.equal(rest.onlyReceived().url, '/orders?party=globex');
    });

    it(`declared parameters arrive rebuilt, in the order and encoding of the contract, over HTTP/${http}`, async () => {
      const path = '/api/orders?color=green&item=a%26%C3%A9%7E&urgent=true&color=red&%6cimit=5&party=acme';
      const answer = await rest.call(path, { http, headers: ['X-Request-Tag: tag-1', 'X-Other: dropped'] });
      assert.equal(answer.status, 200, answer.body);
      const received = rest.onlyReceived();
      assert.equal(received.url, '/orders?limit=5&urgent=true&color=green&color=red&item=a%26%C3%A9~&party=acme');
      assert.equal(received.headers['x-request-tag'], 'tag-1');
      assert.equal(received.headers['x-other'], undefined);
    });
  }

  it('an Accept field that excludes every declared media type is refused with 406', async () => {
    const answer = await rest.call('/api/orders', { headers: ['Accept: text/html'] });
    await assertRefused(rest, answer, {
      status: 406,
      problem: 'not-acceptable',
      code: 'VALIDATE_NOT_ACCEPTABLE',
      step: 'validate',
      pointer: 'header/accept',
      rule: 'accept',
    });
  });

  it('a path parameter arrives as it was validated', async () => {
    assert.equal((await rest.call(`/api/orders/${ORDER.id}`)).status, 200);
    assert.equal(rest.onlyReceived().url, `/orders/${ORDER.id}`);
  });
});
