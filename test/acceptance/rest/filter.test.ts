import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { missingTools } from '../harness/tools.ts';
import { ORDER, type Received } from '../harness/upstream.ts';
import { HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';
import { answering, restService } from './service.ts';

/** What a service lets slip: none of it may reach a caller or a record. */
const LEAK = 'leak9c41';
const JSON_TYPE = { 'content-type': 'application/json' };
const PROBLEM_TYPE = { 'content-type': 'application/problem+json' };
const BANNERS = {
  server: `Apache/2.4.1 ${LEAK}`,
  'x-powered-by': `PHP/5.6 ${LEAK}`,
  'x-debug': LEAK,
  via: `1.1 ${LEAK}`,
  'x-upstream-address': '10.0.0.7',
  'set-cookie': [`session=${LEAK}`, `other=${LEAK}`],
};
const TRACE = `Traceback (most recent call last):\n  File "/srv/${LEAK}/orders.py", line 42\nKeyError: 'total'\n`;

type Behaviour = (request: Received, response: ServerResponse) => void;

interface Breach {
  readonly what: string;
  readonly path?: string;
  readonly method?: string;
  readonly behaviour: Behaviour;
  readonly code: string;
  readonly pointer?: string;
}

const ONE = `/api/orders/${ORDER.id}`;
const order = (more: object) => JSON.stringify({ ...ORDER, ...more });

// biome-ignore format: a table
const BREACHES: readonly Breach[] = [
  { what: 'an undeclared status', behaviour: answering(202, JSON_TYPE, order({})), code: 'FILTER_STATUS' },
  { what: 'a stack trace with status 500', behaviour: answering(500, { 'content-type': 'text/plain' }, TRACE), code: 'FILTER_STATUS' },
  { what: 'a JSON error with status 500', behaviour: answering(500, JSON_TYPE, JSON.stringify({ error: TRACE })), code: 'FILTER_STATUS' },
  { what: 'a redirect', behaviour: answering(302, { location: `http://10.0.0.7/${LEAK}` }), code: 'FILTER_STATUS' },
  { what: 'a stack trace with a declared status', behaviour: answering(200, { 'content-type': 'text/html' }, TRACE), code: 'FILTER_MEDIA_TYPE' },
  { what: 'an undeclared media type', behaviour: answering(200, { 'content-type': 'text/csv' }, LEAK), code: 'FILTER_MEDIA_TYPE' },
  { what: 'a body without a media type', behaviour: answering(200, {}, order({})), code: 'FILTER_MEDIA_TYPE' },
  { what: 'an empty body where one is declared', behaviour: answering(200, JSON_TYPE), code: 'FILTER_JSON' },
  { what: 'a body in an unknown coding', behaviour: answering(200, { ...JSON_TYPE, 'content-encoding': 'compress' }, order({})), code: 'FILTER_MEDIA_TYPE' },
  { what: 'a body that is not in its coding', behaviour: answering(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, order({})), code: 'FILTER_DECOMPRESSION' },
  { what: 'a stack trace called JSON', behaviour: answering(200, JSON_TYPE, TRACE), code: 'FILTER_JSON' },
  { what: 'a duplicate key', behaviour: answering(200, JSON_TYPE, `{"id":"${ORDER.id}","item":"a","item":"${LEAK}"}`), code: 'FILTER_JSON', pointer: '/item' },
  { what: 'a field of the wrong type', behaviour: answering(200, JSON_TYPE, order({ quantity: LEAK })), code: 'FILTER_SCHEMA', pointer: '/quantity' },
  { what: 'a missing field', behaviour: answering(200, JSON_TYPE, JSON.stringify({ id: ORDER.id })), code: 'FILTER_SCHEMA', pointer: '/item' },
  { what: 'a body where none is declared', path: '/api/notes', method: 'POST', behaviour: answering(200, JSON_TYPE, order({})), code: 'FILTER_BODY_UNEXPECTED' },
  { what: 'a declared header of the wrong type', path: '/api/orders', behaviour: answering(200, { ...JSON_TYPE, 'x-total': LEAK }, '{"orders":[]}'), code: 'FILTER_HEADER', pointer: 'header/x-total' },
];

describe('filter', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate();
  });
  beforeEach(() => rest.upstream.answer(restService));
  after(() => rest.close());

  for (const http of HTTP_VERSIONS) {
    for (const { what, path = ONE, method = 'GET', behaviour, code, pointer } of BREACHES) {
      it(`${what} from the service is a 502 problem over HTTP/${http}, recorded as ${code}`, async () => {
        rest.upstream.answer(behaviour);
        const answer = await rest.call(path, { method, http });
        rest.onlyReceived();
        assert.equal(answer.status, 502, answer.body);
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        assert.deepEqual(JSON.parse(answer.body), {
          type: 'urn:sallyport:problem:bad-upstream',
          title: 'The service behind the gate did not answer as agreed',
          status: 502,
          instance: `urn:uuid:${answer.headers['sallyport-exchange']}`,
        });
        const record = await rest.recordOf(answer);
        assert.deepEqual([record.verdict, record.code, record.step, record.status], ['refused', code, 'filter', 502]);
        if (pointer !== undefined) assert.equal(record.pointer, pointer);
        assert.ok(record.upstream?.status, 'the status of the service is on record');
        assert.equal(record.upstream.address, new URL(rest.upstream.url).hostname);
        assert.doesNotMatch(JSON.stringify(answer), new RegExp(LEAK));
        assert.doesNotMatch(JSON.stringify(record.stored.ocsf), new RegExp(LEAK));
      });
    }

    it(`undeclared fields are trimmed and counted on the record over HTTP/${http}`, async () => {
      const internal = { cost_price: 1, customer: { ssn: LEAK } };
      const body = order({ ...internal, contact: { desk: 'A', private_number: LEAK } });
      rest.upstream.answer(answering(200, JSON_TYPE, body));
      const answer = await rest.call(ONE, { http });
      assert.deepEqual(JSON.parse(answer.body), { ...ORDER, contact: { desk: 'A' } });
      const record = await rest.recordOf(answer);
      assert.equal(record.upstream?.trimmed, 3);
      assert.doesNotMatch(JSON.stringify(record.stored.ocsf), new RegExp(LEAK));
      rest.onlyReceived();
    });

    it(`numbers keep their text over HTTP/${http}`, async () => {
      const numbers = `"quantity":12345678901234567890,"amount":1.10`;
      rest.upstream.answer(answering(200, JSON_TYPE, `{"id":"${ORDER.id}","secret":1,"item":"b",${numbers}}`));
      const answer = await rest.call(ONE, { http });
      assert.equal(answer.body, `{"id":"${ORDER.id}","item":"b",${numbers}}`);
      rest.onlyReceived();
    });

    it(`a field with views goes to the parties it names and to nobody else, over HTTP/${http}`, async () => {
      rest.upstream.answer(answering(200, JSON_TYPE, JSON.stringify({ orders: [{ ...ORDER, discount: 0.25 }] })));
      const [acme, globex] = [
        await rest.call('/api/orders', { http }),
        await rest.call('/api/orders', { http, as: 'globex-reports' }),
      ];
      assert.equal(JSON.parse(acme.body).orders[0].discount, 0.25);
      assert.equal('discount' in JSON.parse(globex.body).orders[0], false);
      assert.equal((await rest.recordOf(acme)).upstream?.trimmed, 0);
      assert.equal((await rest.recordOf(globex)).upstream?.trimmed, 1);
      rest.upstream.received.length = 0;
    });

    it(`banners, cookies and undeclared headers never leave over HTTP/${http}, a declared header passes`, async () => {
      rest.upstream.answer(answering(200, { ...JSON_TYPE, ...BANNERS, 'x-total': '7' }, '{"orders":[]}'));
      const answer = await rest.call('/api/orders', { http });
      assert.equal(answer.status, 200, answer.body);
      assert.equal(answer.headers['x-total'], '7');
      assert.doesNotMatch(JSON.stringify(answer.headers), new RegExp(`${LEAK}|10\\.0\\.0\\.7`));
      const declared = ['content-type', 'content-length', 'date', 'x-total'];
      const ours = [
        'cache-control',
        'strict-transport-security',
        'sallyport-exchange',
        'ratelimit',
        'ratelimit-policy',
      ];
      const connection = ['connection', 'keep-alive'];
      const others = Object.keys(answer.headers).filter(
        (name) => ![...declared, ...ours, ...connection].includes(name),
      );
      assert.deepEqual(others, []);
      rest.onlyReceived();
    });

    it(`a declared error passes over HTTP/${http}, trimmed to its schema`, async () => {
      const problem = { type: 'about:blank', title: 'Not found', status: 404, detail: LEAK, stack: TRACE };
      rest.upstream.answer(answering(404, PROBLEM_TYPE, JSON.stringify(problem)));
      const answer = await rest.call(ONE, { http });
      assert.equal(answer.status, 404);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      assert.deepEqual(JSON.parse(answer.body), { title: 'Not found', status: 404 });
      const record = await rest.recordOf(answer);
      assert.deepEqual([record.verdict, record.status, record.upstream?.trimmed], ['allowed', 404, 3]);
      rest.onlyReceived();
    });

    it(`the answer to HEAD has the declared headers and no body, over HTTP/${http}`, async () => {
      const answer = await rest.call('/api/orders', { http, method: 'HEAD' });
      assert.deepEqual([answer.status, answer.body, answer.headers['x-total']], [200, '', '1']);
      assert.equal(rest.onlyReceived().method, 'HEAD');
      const record = await rest.recordOf(answer);
      assert.deepEqual([record.method, record.operation, record.response_bytes], ['HEAD', 'orders.countOrders', 0]);
    });

    it(`a required header that is missing from the answer to HEAD is a 502 without body, over HTTP/${http}`, async () => {
      rest.upstream.answer(answering(200, JSON_TYPE));
      const answer = await rest.call('/api/orders', { http, method: 'HEAD' });
      assert.deepEqual([answer.status, answer.body], [502, '']);
      assert.equal((await rest.recordOf(answer)).code, 'FILTER_HEADER');
      rest.onlyReceived();
    });
  }

  it('an answer larger than the API allows is a 502 problem, recorded as FILTER_BODY_TOO_LARGE', async () => {
    rest.upstream.answer(answering(200, JSON_TYPE, Buffer.alloc(9 * 1024 * 1024, 0x20)));
    const answer = await rest.call(ONE);
    assert.equal(answer.status, 502);
    assert.equal((await rest.recordOf(answer)).code, 'FILTER_BODY_TOO_LARGE');
    rest.onlyReceived();
  });
});
