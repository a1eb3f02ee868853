import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reviewDocument } from '../../src/channels/api/review/document.ts';
import { UsageBook } from '../../src/channels/api/review/usage/book.ts';
import { declaredPlaces } from '../../src/channels/api/review/usage/declared.ts';
import { memberPaths } from '../../src/channels/api/review/usage/paths.ts';
import { reportUsage } from '../../src/channels/api/review/usage/report.ts';
import { parseUsage } from '../../src/channels/api/review/usage/stored.ts';
import { paths } from './world.ts';

const DIGEST = 'a'.repeat(64);
const API = { api: 'orders', digest: DIGEST, operations: ['orders.list', 'orders.make'] };
const AT_MS = Date.UTC(2026, 10, 22);
const SINCE = '2026-11-22T00:00:00.000Z';

function book(): UsageBook {
  const made = new UsageBook();
  made.use([API], null, AT_MS);
  return made;
}

test('a body is told by the names the contract declares; items, keys of maps and values are not kept', () => {
  const names = new Set(['lines', 'sku', 'a/b']);
  const body = { lines: [{ sku: 'secret-1' }, { sku: 'x', other: 1 }], 'free text': { sku: 2 }, 'a/b': null };
  assert.deepEqual([...memberPaths(body, names)].sort(), [
    '/*',
    '/*/sku',
    '/a~1b',
    '/lines',
    '/lines/*/*',
    '/lines/*/sku',
  ]);
  assert.deepEqual([...memberPaths([[{ sku: 1 }]], names)], ['/*/*/sku']);
  assert.deepEqual([...memberPaths('text', names)], []);
});

test('whatever a body holds, no name that is not declared stands in its places', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      for (const path of memberPaths(body, new Set(['a']))) assert.match(path, /^(?:\/(?:a|\*))+$/);
    }),
    { numRuns: 300 },
  );
});

test('every exchange is counted, the first hundred are looked into, then one of 64', () => {
  const counted = book();
  let looked = 0;
  for (let n = 0; n < 1000; n++) if (counted.exchange('orders.list')) looked++;
  assert.equal(looked, 100 + Math.floor(1000 / 64) - Math.floor(100 / 64));
  assert.equal(counted.stored().apis['orders']?.operations['orders.list']?.exchanges, 1000);
});

test('an operation that no contract in force has is not counted', () => {
  const counted = book();
  assert.equal(counted.exchange('orders.gone'), false);
  counted.look('orders.gone', 200, ['query/a']);
  assert.deepEqual(counted.stored().apis['orders']?.operations, {});
});

test('what was counted goes on after a restart under the same contract, and begins anew under another', () => {
  const first = book();
  first.exchange('orders.list');
  first.look('orders.list', 200, ['query/limit', '200/id']);
  const stored = parseUsage(JSON.stringify(first.stored()))!;
  const again = new UsageBook();
  again.use([API], stored, AT_MS + 5000);
  again.exchange('orders.list');
  again.look('orders.list', 200, ['200/id']);
  assert.deepEqual(again.stored().apis['orders'], {
    contract: DIGEST,
    since: SINCE,
    operations: {
      'orders.list': {
        exchanges: 2,
        looked_into: 2,
        statuses: { 200: 2 },
        places: { 'query/limit': 1, '200/id': 2 },
      },
    },
  });
  again.use([{ ...API, digest: 'b'.repeat(64) }], null, AT_MS + 5000);
  assert.deepEqual(again.stored().apis['orders'], {
    contract: 'b'.repeat(64),
    since: '2026-11-22T00:00:05.000Z',
    operations: {},
  });
});

test('a reload under the same contract loses nothing', () => {
  const counted = book();
  counted.exchange('orders.make');
  counted.use([API], null, AT_MS + 9000);
  assert.equal(counted.stored().apis['orders']?.since, SINCE);
  assert.equal(counted.stored().apis['orders']?.operations['orders.make']?.exchanges, 1);
});

test('the places of one operation are bounded, and what had no room is told', () => {
  const counted = book();
  counted.exchange('orders.list');
  counted.look(
    'orders.list',
    200,
    Array.from({ length: 3000 }, (_, index) => `query/p${index}`),
  );
  const stored = counted.stored().apis['orders']?.operations['orders.list'];
  assert.equal(Object.keys(stored?.places ?? {}).length, 2000);
  assert.equal(stored?.full, true);
});

test('a stored count that no gate wrote is not read', () => {
  const sound = JSON.stringify(book().stored());
  assert.notEqual(parseUsage(sound), null);
  const damaged = ['', '{', '[]', 'null', sound.replace('1', '2'), sound.replace(DIGEST, 'x'), sound.slice(0, -2)];
  for (const text of damaged) assert.equal(parseUsage(text), null, text);
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      parseUsage(JSON.stringify(value));
    }),
  );
});

const ROOT = paths(
  `/things/{id}:
  get:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
      - { name: limit, in: query, schema: { type: integer } }
      - { name: X-Tag, in: header, schema: { type: string } }
    requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
    responses:
      200: { description: ok, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Thing' } } } } }
      4XX: { description: bad, content: { application/json: { schema: { type: object, properties: { title: { type: string } } } } } }`,
  `{ schemas: { Thing: { type: object, properties: {
  id: { type: string, readOnly: true }, secret: { type: string, writeOnly: true },
  labels: { type: object, additionalProperties: { type: object, properties: { id: { type: string } } } },
  children: { type: array, items: { $ref: '#/components/schemas/Thing' } } } } } }`,
);
const [OPERATION] = reviewDocument(ROOT).operations;

test('what an operation declares is listed by its places, without what a direction hides, down to where it repeats', () => {
  const { request, answers, cut } = declaredPlaces(ROOT, OPERATION!);
  assert.deepEqual([...request].sort(), [
    'body/children',
    'body/labels',
    'body/labels/*/id',
    'body/secret',
    'header/x-tag',
    'query/limit',
  ]);
  assert.deepEqual([...answers.get('200')!].sort(), ['/*/children', '/*/id', '/*/labels', '/*/labels/*/id']);
  assert.deepEqual([...answers.get('4XX')!], ['/title']);
  assert.equal(cut, false);
});

test('what was counted is held against what is declared, and a key of a map is any key', () => {
  const report = reportUsage(ROOT, OPERATION!, {
    exchanges: 900,
    looked_into: 110,
    statuses: { 200: 100, 404: 10 },
    places: { 'query/limit': 7, 'body/labels/id/id': 1, 'body/labels/*/id': 2, '200/*/id': 100, '404/title': 10 },
  });
  assert.deepEqual(report.request.used, [
    { place: 'query/limit', times: 7 },
    { place: 'body/labels/*/id', times: 3 },
  ]);
  assert.deepEqual(report.request.unused, ['header/x-tag', 'body/secret', 'body/labels', 'body/children']);
  const [ok, bad] = report.answers;
  assert.deepEqual([ok?.looked_into, ok?.unused], [100, ['/*/labels', '/*/labels/*/id', '/*/children']]);
  assert.deepEqual([bad?.status, bad?.looked_into, bad?.used], ['4XX', 10, [{ place: '/title', times: 10 }]]);
});

test('of an answer that was never looked into nothing is called unused', () => {
  const report = reportUsage(ROOT, OPERATION!, undefined);
  assert.deepEqual(
    [report.exchanges, report.request.unused, report.answers.map(({ unused }) => unused)],
    [0, [], [[], []]],
  );
});

test('a place that is too long to keep is left out, and what was counted can still be read', () => {
  const counted = book();
  counted.exchange('orders.list');
  counted.look('orders.list', 200, ['query/a', `body${'/far'.repeat(1000)}`]);
  const stored = parseUsage(JSON.stringify(counted.stored()));
  const { places, full } = stored?.apis['orders']?.operations['orders.list'] ?? {};
  assert.deepEqual([places, full], [{ 'query/a': 1 }, true]);
});
