import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';
import { assertRefused, HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';

const UNDECLARED: readonly { what: string; path: string; method: string; code: string }[] = [
  { what: 'an undeclared path', path: '/api/invoices', method: 'GET', code: 'MATCH_PATH' },
  { what: 'a path outside the prefix of the API', path: '/orders', method: 'GET', code: 'MATCH_PATH' },
  { what: 'the root', path: '/', method: 'GET', code: 'MATCH_PATH' },
  { what: 'a path in other case', path: '/api/Orders', method: 'GET', code: 'MATCH_PATH' },
  { what: 'a trailing slash', path: '/api/orders/', method: 'GET', code: 'MATCH_PATH' },
  { what: 'one segment too many', path: `/api/orders/${ORDER.id}/lines`, method: 'GET', code: 'MATCH_PATH' },
  { what: 'a path that escapes a plain letter', path: '/api/%6frders', method: 'GET', code: 'MATCH_PATH' },
  { what: 'an encoded slash where none is declared', path: '/api/orders%2fsecret', method: 'GET', code: 'MATCH_PATH' },
  { what: 'path parameters after a semicolon', path: '/api/orders;v=1', method: 'GET', code: 'MATCH_PATH' },
  { what: 'an undeclared method', path: '/api/orders', method: 'PUT', code: 'MATCH_METHOD' },
  { what: 'HEAD where only GET is declared', path: `/api/orders/${ORDER.id}`, method: 'HEAD', code: 'MATCH_METHOD' },
  { what: 'OPTIONS where it is not declared', path: '/api/orders', method: 'OPTIONS', code: 'MATCH_METHOD' },
];

const NEVER: readonly { what: string; method: string; code: string }[] = [
  { what: 'TRACE', method: 'TRACE', code: 'ADMIT_METHOD' },
  { what: 'a method of WebDAV', method: 'PROPFIND', code: 'ADMIT_METHOD' },
];

const AMBIGUOUS: readonly { what: string; path: string }[] = [
  { what: 'a slash that is encoded twice', path: '/api/orders%252fsecret' },
  { what: 'an encoded slash before dots', path: '/api/orders%2f..%2fsecret' },
  { what: 'an encoded backslash', path: '/api/orders%5csecret' },
  { what: 'a dot segment', path: '/api/x/../orders' },
  { what: 'an encoded dot segment', path: '/api/%2e%2e/api/orders' },
  { what: 'an empty segment', path: '/api//orders' },
  { what: 'an encoded NUL', path: '/api/orders%00' },
  { what: 'an overlong encoding', path: '/api/orders/%c0%af' },
];

describe('match', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate();
  });
  after(() => rest.close());

  for (const http of HTTP_VERSIONS) {
    for (const { what, path, method, code } of UNDECLARED) {
      it(`${what} over HTTP/${http} is refused with 404 and recorded as ${code}`, async () => {
        const answer = await rest.call(path, { method, http });
        if (method === 'HEAD') {
          rest.nothingReceived();
          assert.deepEqual([answer.status, answer.body], [404, '']);
          assert.equal((await rest.recordOf(answer)).code, code);
          return;
        }
        const record = await assertRefused(rest, answer, {
          status: 404,
          problem: 'no-such-operation',
          code,
          step: 'match',
        });
        assert.deepEqual([record.operation, record.path_template], ['unknown', null]);
        assert.equal(record.machine, 'acme-erp');
      });
    }

    for (const { what, path } of AMBIGUOUS) {
      it(`${what} in the path over HTTP/${http} is refused before anybody is asked`, async () => {
        const answer = await rest.call(path, { http });
        const expected = { status: 400, problem: 'bad-request', code: 'ADMIT_TARGET', step: 'admit' };
        await assertRefused(rest, answer, expected);
      });
    }
  }

  for (const { what, method, code } of NEVER) {
    it(`${what} is never carried, whatever a contract says`, async () => {
      const answer = await rest.call('/api/orders', { method });
      await assertRefused(rest, answer, { status: 404, problem: 'no-such-operation', code, step: 'admit' });
    });
  }

  it('a declared path and method name one operation, recorded with its template and not with the path as sent', async () => {
    const answer = await rest.call(`/api/orders/${ORDER.id}`);
    assert.equal(answer.status, 200, answer.body);
    assert.equal(rest.onlyReceived().url, `/orders/${ORDER.id}`);
    const record = await rest.recordOf(answer);
    assert.equal(record.operation, 'orders.getOrder');
    assert.equal(record.path_template, '/api/orders/{orderId}');
    assert.ok(!JSON.stringify(record.stored.ocsf).includes(ORDER.id));
  });

  it('a wrong path and a wrong method are answered alike', async () => {
    const [path, method] = await Promise.all([
      rest.call('/api/invoices'),
      rest.call('/api/orders', { method: 'DELETE' }),
    ]);
    const told = [path, method].map(({ body, status, headers }) => [
      status,
      body.replaceAll(headers['sallyport-exchange']!, 'ID'),
      headers['allow'] ?? null,
    ]);
    assert.deepEqual(told[0], told[1]);
  });
});
