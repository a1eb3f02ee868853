import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Contract, loadContract } from '../../src/channels/api/contract/index.ts';

const OK = "responses: { '204': { description: done } }";

function load(operation: string, version = '3.1.0', method = 'post'): Contract {
  const text = `openapi: ${version}\ninfo: { title: Shop, version: '1' }\npaths:\n  /a:\n    ${method}: { ${operation} }\n`;
  return loadContract({ api: 'shop', path: 'api.yaml', text });
}

const notes = (contract: Contract): string[] => contract.notes.map(({ text }) => text);

/** `format media_type` of each entry of a request body. */
function requestOf(content: string, version?: string): string[] {
  const [operation] = load(`requestBody: { content: { ${content} } }, ${OK}`, version).operations;
  return (operation?.body?.content ?? []).map(({ format, media_type }) => `${format} ${media_type}`);
}

function answerOf(content: string, version?: string): string[] {
  const [operation] = load(`responses: { '200': { description: a, content: { ${content} } } }`, version).operations;
  return [...operation!.responses.exact.get(200)!.content].map(({ format, media_type }) => `${format} ${media_type}`);
}

const OBJECT = 'schema: { type: object, properties: { a: { type: string } } }';
const TEXT = 'schema: { type: string }';
const BYTES = 'schema: { type: string, format: binary }';

// biome-ignore format: a table
const READ: readonly (readonly [string, string])[] = [
  [`application/json: { ${OBJECT} }`, 'json application/json'],
  [`Application/JSON: { ${TEXT} }`, 'json application/json'],
  [`"application/json; charset=UTF-8": { ${OBJECT} }`, 'json application/json'],
  [`"application/vnd.x+json;b=2; a=1": { ${OBJECT} }`, 'json application/vnd.x+json;a=1;b=2'],
  [`"*/*": { ${OBJECT} }`, 'json application/json'],
  [`"application/*": { ${OBJECT} }`, 'json application/json'],
  [`text/json: { ${OBJECT} }`, 'json text/json'],
  [`application/vnd.github.object: { ${OBJECT} }`, 'json application/vnd.github.object'],
  [`text/plain: { ${TEXT} }`, 'text text/plain'],
  [`"text/*": { ${TEXT} }`, 'text text/*'],
  [`text/csv: { schema: { enum: [a, b] } }`, 'text text/csv'],
  [`text/plain: { schema: { anyOf: [{ type: string }, { enum: [b] }] } }`, 'text text/plain'],
  [`application/xml: { ${TEXT} }`, 'text application/xml'],
  [`application/octet-stream: { ${BYTES} }`, 'binary application/octet-stream'],
  [`application/xml: { ${BYTES} }`, 'binary application/xml'],
  [`"image/*": { ${BYTES} }`, 'binary image/*'],
  [`"*/*": { ${BYTES} }`, 'binary */*'],
  ['application/octet-stream: {}', 'binary application/octet-stream'],
  ['image/png: { schema: {} }', 'binary image/png'],
  ['application/pdf: { schema: { contentMediaType: application/pdf } }', 'binary application/pdf'],
  ['application/zip: { schema: { type: string, contentMediaType: application/zip } }', 'binary application/zip'],
  ['text/plain: { schema: { type: string, contentMediaType: image/png, contentEncoding: base64 } }', 'text text/plain'],
  [`"text/plain; charset=windows-1252": { ${BYTES} }`, 'binary text/plain;charset=windows-1252'],
];

test('media type and schema decide how a body is read', () => {
  for (const [content, read] of READ) {
    assert.deepEqual(requestOf(content), [read], content);
    assert.deepEqual(answerOf(content), [read], content);
  }
  assert.deepEqual(requestOf(`application/x-www-form-urlencoded: { ${OBJECT} }, multipart/form-data: { ${OBJECT} }`), [
    'form application/x-www-form-urlencoded',
    'multipart multipart/form-data',
  ]);
});

test('what cannot be judged is dropped with a note where something else stands beside it', () => {
  const others = [
    `application/xml: { ${OBJECT} }`,
    `application/problem+xml: { ${OBJECT} }`,
    `application/yaml: { ${OBJECT} }`,
    `application/x-ndjson: { ${OBJECT} }`,
    `"image/*": { ${OBJECT} }`,
    `text/plain: { schema: { type: integer } }`,
    `"text/plain;charset=latin1": { ${TEXT} }`,
    `multipart/mixed: { ${OBJECT} }`,
    `"text/csv, text/plain": { ${TEXT} }`,
  ];
  for (const other of others) {
    const contract = load(`requestBody: { content: { application/json: { ${OBJECT} }, ${other} } }, ${OK}`);
    assert.equal(contract.operations[0]?.body?.content.length, 1, other);
    assert.equal(notes(contract).filter((text) => text.includes('it is not carried')).length, 1, other);
    assert.throws(() => requestOf(other), /CONTRACT_UNSUPPORTED .*is not enforced: .*\n {2}→ In an overlay/, other);
    assert.throws(() => answerOf(other), /CONTRACT_UNSUPPORTED .*is not enforced/, other);
  }
  for (const form of ['application/x-www-form-urlencoded', 'multipart/form-data']) {
    assert.throws(() => answerOf(`${form}: { ${OBJECT} }`), /forms are read in requests only/);
  }
});

test('JSON and forms without a schema stop the load', () => {
  for (const type of ['application/json', 'multipart/form-data', 'application/x-www-form-urlencoded']) {
    assert.throws(() => requestOf(`${type}: {}`), /CONTRACT_SCHEMA .*no schema/, type);
  }
  assert.throws(() => answerOf('application/json: {}'), /CONTRACT_RESPONSE_SCHEMA .*no schema/);
});

test('text and open ranges without a schema are not carried', () => {
  for (const type of ['text/plain', 'text/html', '"*/*"', '"application/*"', 'application/xml']) {
    assert.throws(() => requestOf(`${type}: {}`), /CONTRACT_UNSUPPORTED .*no schema says anything of it/, type);
    assert.deepEqual(answerOf(`application/json: { ${OBJECT} }, ${type}: {}`), ['json application/json'], type);
  }
});

test('one media type in two spellings is read once, with a note', () => {
  const contract = load(
    `requestBody: { content: { application/json: { ${TEXT} }, "application/json;charset=utf-8": { ${TEXT} } } }, ${OK}`,
  );
  assert.equal(contract.operations[0]?.body?.content.length, 1);
  assert.deepEqual(notes(contract), ["'application/json' is declared twice with one schema"]);
});

test('the bounds of bytes are minLength and maxLength, through references too', () => {
  const content = `image/png: { schema: { allOf: [{ type: string, format: binary, maxLength: 9 }, { minLength: 2 }] } }`;
  const [operation] = load(`requestBody: { content: { ${content} } }, ${OK}`, '3.0.3').operations;
  assert.deepEqual(operation?.body?.content, [
    { format: 'binary', media_type: 'image/png', min_bytes: 2, max_bytes: 9 },
  ]);
});

test('an optional request body on GET is dropped with a note, a required one stops the load', () => {
  const body = (required: boolean) =>
    `requestBody: { required: ${required}, content: { application/json: { ${TEXT} } } }, ${OK}`;
  const contract = load(body(false), '3.1.0', 'get');
  assert.equal(contract.operations[0]?.body, null);
  assert.deepEqual(notes(contract), ['a request body on GET or HEAD is not carried']);
  assert.throws(() => load(body(true), '3.1.0', 'get'), /a request body on GET or HEAD has no defined meaning/);
});

test('interim responses, and content of responses that have none, are dropped with a note', () => {
  const json = `content: { application/json: { ${TEXT} } }`;
  const contract = load(
    `responses: { '100': { description: a }, '103': { description: a }, '204': { description: a, ${json} }, '304': { description: a, ${json} } }`,
  );
  const { exact } = contract.operations[0]!.responses;
  assert.deepEqual(
    [...exact].map(([status, { content }]) => [status, content.length]),
    [
      [204, 0],
      [304, 0],
    ],
  );
  assert.deepEqual(notes(contract), [
    'interim responses are never passed on',
    'a 204 response has no content',
    'a 304 response has no content',
  ]);
});

test('an encoding has no effect but on forms', () => {
  const contract = load(`requestBody: { content: { application/json: { ${TEXT}, encoding: {} } } }, ${OK}`);
  assert.deepEqual(notes(contract), ['encoding is read and has no effect at the gate']);
});
