import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DEFAULT_JSON_LIMITS } from '../../../src/protocol/json/index.ts';
import { missingTools } from '../harness/tools.ts';
import { assertRefused, type Call, type Expected, HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';

/** Stands where a value is wrong: it must be in no answer and in no record. */
const CANARY = 'canary7f3a';

interface Case extends Omit<Expected, 'step'> {
  readonly what: string;
  readonly path?: string;
  readonly call?: Call;
  readonly body?: string | Buffer;
}

const good = { item: 'bolt', quantity: 1 };
const json = (value: unknown): string => JSON.stringify(value);
const schema = { status: 422, problem: 'invalid', code: 'VALIDATE_SCHEMA' };
const undeclared = { status: 422, problem: 'invalid', code: 'VALIDATE_FIELD_UNDECLARED', rule: 'undeclared' };
const strict = { status: 400, problem: 'bad-request', code: 'VALIDATE_JSON' };
const wide = { status: 413, problem: 'too-large', code: 'VALIDATE_JSON_LIMIT' };
const media = { status: 415, problem: 'unsupported-media-type' };
const type = (value: string): Call => ({ headers: [`content-type: ${value}`] });

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

function manyKeys(count: number): string {
  return `{"labels":{${Array.from({ length: count }, (_, index) => `"k${index}":""`).join()}}}`;
}

// biome-ignore format: a table
const CASES: readonly Case[] = [
  { what: 'a field of the wrong type', body: json({ item: 'bolt', quantity: CANARY }), pointer: '/quantity', rule: 'type', ...schema },
  { what: 'a number above its maximum', body: json({ item: 'bolt', quantity: 1001 }), pointer: '/quantity', rule: 'maximum', ...schema },
  { what: 'a missing field', body: json({ item: 'bolt' }), pointer: '/quantity', rule: 'required', ...schema },
  { what: 'a text that is too long', body: json({ ...good, item: CANARY.repeat(20) }), pointer: '/item', rule: 'maxLength', ...schema },
  { what: 'a wrong value deep inside', body: json({ ...good, lines: [{ sku: 'ABC' }, { sku: CANARY }] }), pointer: '/lines/1/sku', rule: 'pattern', ...schema },
  { what: 'an undeclared field', body: json({ ...good, admin: CANARY }), pointer: '/admin', recorded_pointer: '/*', ...undeclared },
  { what: 'an undeclared field deep inside', body: json({ ...good, lines: [{ sku: 'ABC', 'a/b~c': CANARY }] }), pointer: '/lines/0/a~1b~0c', recorded_pointer: '/lines/0/*', ...undeclared },
  { what: 'a duplicate key', body: `{"item":"bolt","quantity":1,"quantity":2}`, pointer: '/quantity', rule: 'duplicate-key', ...strict },
  { what: 'a duplicate key that is escaped once', body: `{"item":"bolt","quantity":1,"\\u0071uantity":2}`, pointer: '/quantity', rule: 'duplicate-key', ...strict },
  { what: 'a member named __proto__', body: `{"item":"bolt","quantity":1,"__proto__":{"admin":true}}`, rule: 'forbidden-key', pointer: '', ...strict },
  { what: 'an escaped __proto__', body: `{"item":"bolt","quantity":1,"\\u005f_proto__":{"admin":true}}`, rule: 'forbidden-key', pointer: '', ...strict },
  { what: 'trailing data', body: `${json(good)} {}`, pointer: '', rule: 'trailing', ...strict },
  { what: 'a comment', body: `/* ${CANARY} */ ${json(good)}`, pointer: '', rule: 'syntax', ...strict },
  { what: 'single quotes', body: `{'item':'${CANARY}'}`, pointer: '', rule: 'syntax', ...strict },
  { what: 'NaN', body: '{"item":"bolt","quantity":NaN}', pointer: '', rule: 'syntax', ...strict },
  { what: 'a cut body', body: `{"item":"${CANARY}`, pointer: '', rule: 'syntax', ...strict },
  { what: 'invalid UTF-8', body: Buffer.from([...Buffer.from('{"item":"'), 0xc3, 0x28, ...Buffer.from('","quantity":1}')]), pointer: '', rule: 'utf8', ...strict },
  { what: 'an overlong encoding', body: Buffer.from([...Buffer.from('{"item":"'), 0xc0, 0xaf, ...Buffer.from('","quantity":1}')]), pointer: '', rule: 'utf8', ...strict },
  { what: 'a byte order mark', body: `\u{feff}${json(good)}`, pointer: '', rule: 'utf8', ...strict },
  { what: 'an unpaired surrogate', body: '{"item":"\\ud800","quantity":1}', pointer: '', rule: 'syntax', ...strict },
  { what: 'JSON that is nested too deep', body: nested(DEFAULT_JSON_LIMITS.max_depth + 1), pointer: '', rule: 'depth', ...wide },
  { what: 'JSON with too many keys', path: '/api/notes', body: manyKeys(DEFAULT_JSON_LIMITS.max_keys), pointer: '', rule: 'keys', ...wide },
  { what: 'a number of too many digits', body: `{"item":"bolt","quantity":${'9'.repeat(DEFAULT_JSON_LIMITS.max_number_length + 1)}}`, pointer: '', rule: 'number', ...wide },
  { what: 'another media type', call: type('text/plain'), body: json(good), pointer: 'header/content-type', rule: 'content-type', code: 'VALIDATE_MEDIA_TYPE', ...media },
  { what: 'a form', call: type('application/x-www-form-urlencoded'), body: 'item=bolt', pointer: 'header/content-type', rule: 'content-type', code: 'VALIDATE_MEDIA_TYPE', ...media },
  { what: 'no media type', call: type(''), body: json(good), pointer: 'header/content-type', rule: 'content-type', code: 'VALIDATE_MEDIA_TYPE', ...media },
  { what: 'another charset', call: type('application/json; charset=utf-7'), body: json(good), pointer: 'header/content-type', rule: 'charset', code: 'VALIDATE_MEDIA_TYPE', ...media },
  { what: 'an unknown content encoding', call: { headers: ['content-encoding: compress'] }, body: json(good), code: 'VALIDATE_CONTENT_ENCODING', ...media },
  { what: 'a missing body', pointer: '', status: 422, problem: 'invalid', code: 'VALIDATE_BODY_MISSING' },
  { what: 'an empty body', body: '', pointer: '', status: 422, problem: 'invalid', code: 'VALIDATE_BODY_MISSING' },
  { what: 'a body where none is declared', path: '/api/orders', call: { method: 'GET' }, body: json(good), pointer: '', status: 422, problem: 'invalid', code: 'VALIDATE_BODY_UNEXPECTED' },
];

const bound = { status: 403, problem: 'denied', code: 'VALIDATE_BINDING', step: 'validate', rule: 'x-bind' };

describe('validate the body', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate({ upstream_more: '    limits:\n      body: 4MiB\n' });
  });
  after(() => rest.close());

  const post = (http: '1.1' | '2', body: string, more: Call = {}) =>
    rest.call('/api/orders', { method: 'POST', http, body, ...more });

  for (const http of HTTP_VERSIONS) {
    for (const { what, path = '/api/orders', call = {}, body, ...expected } of CASES) {
      it(`${what} over HTTP/${http} is refused with ${expected.status} and recorded as ${expected.code}`, async () => {
        const answer = await rest.call(path, {
          method: 'POST',
          ...call,
          http,
          ...(body === undefined ? {} : { body }),
        });
        const record = await assertRefused(rest, answer, { ...expected, step: 'validate' });
        assert.ok(!(answer.body + JSON.stringify(answer.headers)).includes(CANARY), 'the value was echoed');
        assert.ok(!JSON.stringify(record.stored.ocsf).includes(CANARY), 'the value was recorded');
      });
    }

    it(`a body field that names another party over HTTP/${http} is refused with 403 and recorded as VALIDATE_BINDING`, async () => {
      const answer = await post(http, json({ ...good, party: 'globex' }));
      const record = await assertRefused(rest, answer, { ...bound, pointer: '/party' });
      assert.equal(record.party, 'acme');
      assert.ok(!JSON.stringify(record.stored.ocsf).includes('globex'));
    });

    it(`a body field that names another machine over HTTP/${http} is refused with 403 and recorded as VALIDATE_BINDING`, async () => {
      const answer = await post(http, json({ ...good, machine: 'globex-reports' }));
      await assertRefused(rest, answer, { ...bound, pointer: '/machine' });
    });

    it(`absent fields that are bound to the caller are filled in over HTTP/${http}`, async () => {
      const answer = await post(http, json(good));
      assert.equal(answer.status, 201, answer.body);
      assert.deepEqual(JSON.parse(rest.onlyReceived().body), { ...good, party: 'acme', machine: 'acme-erp' });
    });

    it(`a body that keeps its contract arrives as it was sent, over HTTP/${http}`, async () => {
      const body = '{"quantity": 7, "item":"b\\u00f6lt", "lines":[{"sku":"ABC"}],"party":"acme","machine":"acme-erp"}';
      const answer = await post(http, body, type('application/json; charset=utf-8'));
      assert.equal(answer.status, 201, answer.body);
      const received = rest.onlyReceived();
      assert.deepEqual(JSON.parse(received.body), JSON.parse(body));
      assert.equal(received.headers['content-type'], 'application/json');
      assert.equal(Number(received.headers['content-length']), Buffer.byteLength(received.body));
      const record = await rest.recordOf(answer);
      assert.equal(record.request_bytes, Buffer.byteLength(body));
    });

    it(`a schema that opens itself takes names of the caller, over HTTP/${http}`, async () => {
      const body = json({ text: 'hello', labels: { anything: 'goes', 'even this': '' } });
      const answer = await rest.call('/api/notes', { method: 'POST', http, body });
      assert.equal(answer.status, 204, answer.body);
      assert.deepEqual(JSON.parse(rest.onlyReceived().body), JSON.parse(body));
    });

    it(`an optional body may be left out over HTTP/${http}`, async () => {
      const answer = await rest.call('/api/notes', { method: 'POST', http });
      assert.equal(answer.status, 204, answer.body);
      assert.equal(rest.onlyReceived().body, '');
    });
  }
});
