import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  checkAcceptable,
  checkResponseHeaders,
  loadContract,
  requestContent,
  responseContent,
  responseFor,
} from '../../src/channels/api/contract/index.ts';
import { accepts, parseMediaType } from '../../src/channels/api/contract/media-type.ts';
import { JUDGING } from './world.ts';

const [operation] = loadContract({
  api: 'a',
  path: 'a.yaml',
  text: `openapi: 3.1.0
info: { title: A, version: '1' }
paths:
  /a:
    post:
      requestBody: { content: { application/json: { schema: {} }, application/vnd.a+json: { schema: {} } } }
      responses:
        '200':
          description: a
          headers:
            X-Count: { required: true, schema: { type: integer } }
            X-Tags: { schema: { type: array, items: { type: string, maxLength: 3 } } }
            X-Party: { schema: { type: string, x-bind: principal.party } }
          content: { application/json: { schema: {} }, application/vnd.a+json: { schema: {} } }
        '204': { description: a }
        4XX: { description: b, content: { application/problem+json: { schema: {} } } }
`,
}).operations;
const { body, responses } = operation!;

test('the exact status wins over its range, and an undeclared one is refused', () => {
  assert.equal(responseFor(responses, 200).key, '200');
  assert.equal(responseFor(responses, 404).key, '4XX');
  for (const status of [201, 301, 500, 99, 600]) {
    assert.throws(() => responseFor(responses, status), { code: 'FILTER_STATUS' }, String(status));
  }
});

test('a body where none is declared, or of another type, is refused', () => {
  const shape = responseFor(responses, 200);
  assert.equal(responseContent(shape, 'application/json').media_type, 'application/json');
  assert.equal(responseContent(shape, 'Application/Vnd.A+JSON; Charset="UTF-8"').media_type, 'application/vnd.a+json');
  for (const type of [
    undefined,
    '',
    'text/html',
    'application/json; charset=latin1',
    'application/json; v=1',
    'application/jsonx',
  ]) {
    assert.throws(() => responseContent(shape, type), { code: 'FILTER_MEDIA_TYPE' }, type);
  }
  assert.throws(() => responseContent(responseFor(responses, 204), 'application/json'), {
    code: 'FILTER_BODY_UNEXPECTED',
  });
  assert.throws(() => requestContent(body!, 'text/plain'), { code: 'VALIDATE_MEDIA_TYPE' });
  assert.equal(requestContent(body!, 'application/json;charset=utf-8').media_type, 'application/json');
});

test('declared response headers pass, others do not, wrong ones refuse the answer', () => {
  const shape = responseFor(responses, 200);
  const check = (fields: Record<string, string | string[]>) =>
    checkResponseHeaders(shape, { all: (name) => fields[name] }, JUDGING);
  assert.deepEqual(check({ 'x-count': '3', server: 'x', 'x-tags': ['a, b', 'c'], 'x-party': 'acme' }), [
    'x-count',
    '3',
    'x-tags',
    'a,b,c',
    'x-party',
    'acme',
  ]);
  for (const fields of [
    {},
    { 'x-count': 'three' },
    { 'x-count': ['3', '3'] },
    { 'x-count': '3', 'x-tags': 'abcd' },
    { 'x-count': '3', 'x-party': 'globex' },
    { 'x-count': '3\r\nx: y' },
  ] as Record<string, string | string[]>[]) {
    assert.throws(() => check(fields), { code: 'FILTER_HEADER' }, JSON.stringify(fields));
  }
});

test('response headers may be objects, arrays, of several types or JSON; those of the gate are read past', () => {
  const [described] = loadContract({
    api: 'a',
    path: 'a.yaml',
    text: `openapi: 3.1.0
info: { title: A, version: '1' }
paths:
  /a:
    get:
      responses:
        '204':
          description: a
          headers:
            X-Point: { explode: true, schema: { type: object, required: [x], properties: { x: { type: integer }, y: { type: integer } } } }
            X-Flat: { schema: { type: object, properties: { x: { type: integer } } } }
            X-Reset: { schema: { oneOf: [{ type: integer, minimum: 1 }, { const: never }] } }
            X-Json: { content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } }
            Content-Length: { required: true, schema: { type: integer } }
            Set-Cookie: { schema: { type: string } }
`,
  }).operations;
  const shape = responseFor(described!.responses, 204);
  const check = (fields: Record<string, string | string[]>) =>
    checkResponseHeaders(shape, { all: (name) => fields[name] }, JUDGING);
  const fields = {
    'x-point': ['x=1', 'y=2'],
    'x-flat': 'x, 3',
    'x-reset': 'never',
    'x-json': '{ "a": "b" }',
    'set-cookie': 'a=b',
  };
  assert.deepEqual(check(fields), ['x-point', 'x=1,y=2', 'x-flat', 'x,3', 'x-reset', 'never', 'x-json', '{"a":"b"}']);
  for (const broken of [
    { 'x-point': 'y=1' },
    { 'x-point': 'x=1,z=1' },
    { 'x-flat': 'x' },
    { 'x-reset': '0' },
    { 'x-json': '{"a":1}' },
    { 'x-json': '{"a":"b","c":1}' },
    { 'x-json': ['{"a":"b"}', '{}'] },
  ] as Record<string, string | string[]>[]) {
    assert.throws(() => check(broken), { code: 'FILTER_HEADER' }, JSON.stringify(broken));
  }
});

test('Accept is held against the types of a success', () => {
  const acceptable = (accept: string | undefined) => {
    try {
      checkAcceptable(responses, accept);
      return true;
    } catch {
      return false;
    }
  };
  for (const accept of [
    undefined,
    '*/*',
    'application/json',
    'text/html, application/*;q=0.1',
    'APPLICATION/JSON',
    'application/json;q=0, */*',
  ]) {
    assert.equal(acceptable(accept), true, String(accept));
  }
  for (const accept of ['text/html', 'application/problem+json', 'application/*;q=0', '*/*;q=0.000', '', 'json']) {
    assert.equal(acceptable(accept), false, accept);
  }
  assert.equal(accepts('text/html', []), true);
});

test('any text is a media type or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parsed = parseMediaType(text);
      assert.ok(parsed === null || /^[^\s;/]+\/[^\s;/]+$/.test(parsed));
      accepts(text, ['application/json']);
    }),
  );
  assert.equal(parseMediaType(`application/${'a'.repeat(300)}`), null);
});
