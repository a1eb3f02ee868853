import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Contract, loadContract } from '../../src/channels/api/contract/index.ts';

const OK = "responses: { '204': { description: done } }";

function load(rest: string, version = '3.1.0'): Contract {
  const text = `openapi: ${version}\ninfo: { title: Shop, version: '1' }\n${rest}`;
  return loadContract({ api: 'shop', path: 'api.yaml', text });
}

function textsOf(contract: Contract): string[] {
  return contract.notes.map(({ pointer, text }) => `${pointer} ${text}`);
}

test('an operationId that could not stand in a record is replaced by one of method and path, with a note', () => {
  const contract = load(`paths:\n  /pets/{id}: { get: { operationId: "find pet\\n by id", ${OK}, parameters: [
    { name: id, in: path, required: true, schema: { type: integer } }] } }\n`);
  assert.deepEqual(
    contract.operations.map(({ id }) => id),
    ['shop.get_pets_id'],
  );
  assert.deepEqual(textsOf(contract), [
    "/paths/~1pets~1{id}/get/operationId the operationId 'find pet\\n by id' cannot stand in policies and records; the operation is 'get_pets_id'",
  ]);
});

test('two operations whose derived ids are one stop the load', () => {
  const paths = `paths:\n  /a-b: { get: { operationId: "x y", ${OK} } }\n  /a_b: { get: { operationId: "y x", ${OK} } }\n`;
  assert.throws(() => load(paths), /the operation id 'shop\.get_a_b' is that of GET \/a-b already/);
});

test('TRACE is dropped with a note and does not exist', () => {
  const contract = load(`paths: { /a: { trace: { ${OK} }, get: { ${OK} } } }\n`);
  assert.deepEqual(
    contract.operations.map(({ method }) => method),
    ['GET'],
  );
  assert.deepEqual(textsOf(contract), ['/paths/~1a/trace trace is read and has no effect at the gate']);
});

test('an operation that declares errors alone loads with a note, for each of its successes becomes a 502', () => {
  const errors = "responses: { '100': { description: go on }, '405': { description: no }, 5XX: { description: no } }";
  const contract = load(`paths: { /a: { post: { ${errors} }, put: { ${errors} }, get: { ${OK} } } }\n`);
  const [note] = contract.notes.filter(({ text }) => text.includes('502'));
  assert.deepEqual(note, {
    keyword: 'responses',
    count: 2,
    pointer: '/paths/~1a/put/responses',
    text: 'an operation declares errors alone: the service carries it out, and every success becomes a 502',
  });
  for (const status of ['200', '304', '2XX', '3XX', 'default']) {
    const { notes } = load(
      `paths: { /a: { post: { responses: { '405': { description: no }, ${status}: { description: a } } } } }\n`,
    );
    assert.deepEqual(notes, [], status);
  }
});

test('a document of webhooks alone loads, lets nothing in and says so', () => {
  const contract = load(`webhooks: { paid: { post: { ${OK} } } }\n`);
  assert.deepEqual(contract.operations, []);
  assert.deepEqual(textsOf(contract), [
    '/webhooks webhooks is read and has no effect at the gate',
    '/webhooks the contract declares no operation, so everything is refused',
  ]);
});

test('members that nothing knows are noted, each with how often and where first', () => {
  const contract = load(`foo: 1\npaths:\n  /a: { get: { id: 1, ${OK} }, put: { id: 2, ${OK} } }\n`);
  assert.deepEqual(contract.notes, [
    {
      keyword: "'foo' on the document",
      count: 1,
      pointer: '/foo',
      text: "'foo' on the document is read and has no effect at the gate",
    },
    {
      keyword: "'id' on an operation",
      count: 2,
      pointer: '/paths/~1a/get/id',
      text: "'id' on an operation is read and has no effect at the gate",
    },
  ]);
});

test('what a note is about is counted by place, however often a part is referred to', () => {
  const contract = load(`paths:
  /a: { get: { responses: { '200': { $ref: '#/components/responses/A' }, '201': { $ref: '#/components/responses/A' } } } }
components: { responses: { A: { description: d, links: {} } } }
`);
  assert.deepEqual(
    contract.notes.map(({ keyword, count }) => [keyword, count]),
    [['links', 1]],
  );
});
