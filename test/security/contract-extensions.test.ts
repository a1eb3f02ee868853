/** Words of a contract that protect something, written where they could be lost without a sound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { LoadError } from '../../src/core/errors/index.ts';

const JSON_TYPE = 'application/json';
const TEXT = { type: 'string' };
const OBJECT = { type: 'object', properties: { a: TEXT } };
const content = (schema: unknown) => ({ [JSON_TYPE]: { schema } });

interface Parts {
  readonly document?: object;
  readonly info?: object;
  readonly paths?: object;
  readonly responses?: object;
  readonly headers?: object;
  readonly asked?: object;
  readonly schemas?: object;
}

function faultsOf({ document, info, paths, responses, headers, asked = OBJECT, schemas = {} }: Parts): string[] {
  const answer = { description: 'done', content: content(OBJECT), ...(headers ? { headers } : {}) };
  const operation = { requestBody: { content: content(asked) }, responses: { '200': answer, ...responses } };
  const text = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'T', version: '1', ...info },
    paths: { '/a': { post: { operationId: 'a', ...operation } }, ...paths },
    components: { schemas },
    ...document,
  });
  try {
    loadContract({ api: 'a', path: 'a.json', text });
    return [];
  } catch (error) {
    assert.ok(error instanceof LoadError);
    return error.faults.map(({ code, key }) => `${code} ${key}`);
  }
}

test('what the other tests change loads', () => assert.deepEqual(faultsOf({}), []));

const OURS = {
  'x-bind': 'principal.party',
  'x-views': ['suppliers'],
  'x-personal-data': false,
  'x-sensitivity': 'high',
  'x-limits': { depth: 2 },
  'x-guards': { secrets: 'block' },
  'x-encoded-slash': true,
  'x-multi-segment': true,
};

for (const [word, value] of Object.entries(OURS)) {
  const extension = { [word]: value };
  test(`${word} on paths, info or all responses of an operation is refused`, () => {
    assert.deepEqual(faultsOf({ paths: extension }), [`CONTRACT_BINDING #/paths/${word}`]);
    assert.deepEqual(faultsOf({ info: extension }), [`CONTRACT_BINDING #/info/${word}`]);
    assert.deepEqual(faultsOf({ responses: extension }), [`CONTRACT_BINDING #/paths/~1a/post/responses/${word}`]);
  });
}

for (const word of ['x-encoded-slash', 'x-multi-segment'] as const) {
  test(`${word} in a schema is somebody else's word: nothing opens by it`, () => {
    const asked = { type: 'object', properties: { a: { ...TEXT, [word]: true } } };
    assert.deepEqual(faultsOf({ asked }), []);
  });
}

for (const word of ['x-sensitivity', 'x-limits', 'x-guards'] as const) {
  test(`${word} in a schema is refused, however the schema is reached`, () => {
    const marked = { ...TEXT, [word]: OURS[word] };
    const direct = { type: 'object', properties: { a: marked } };
    assert.match(faultsOf({ asked: direct }).join(), new RegExp(`^CONTRACT_BINDING #.*/a/${word}$`));
    const referred = { type: 'object', properties: { a: { $ref: '#marked' } } };
    const schemas = { Marked: { ...marked, $anchor: 'marked' } };
    assert.deepEqual(faultsOf({ asked: referred, schemas }), [`CONTRACT_BINDING #/components/schemas/Marked/${word}`]);
  });
}

const HIDDEN = { ...TEXT, 'x-views': ['suppliers'] };
for (const [how, header] of [
  ['itself', { schema: HIDDEN }],
  ['a member', { schema: { type: 'object', properties: { a: TEXT, b: HIDDEN } } }],
  ['a member of an exploded object', { explode: true, schema: { type: 'object', properties: { b: HIDDEN } } }],
  ['a member of its JSON', { content: content({ type: 'object', properties: { b: HIDDEN } }) }],
  ['what it refers to', { schema: { type: 'object', properties: { b: { $ref: '#/components/schemas/Hidden' } } } }],
  ['an item', { schema: { type: 'array', items: HIDDEN } }],
] as const) {
  test(`x-views on a header field of an answer, ${how}, is refused: it would reach everybody`, () => {
    const faults = faultsOf({ headers: { 'X-A': header }, schemas: { Hidden: HIDDEN } });
    assert.deepEqual([...new Set(faults.map((fault) => fault.split(' ')[0]))], ['CONTRACT_BINDING']);
  });
}

test('x-bind behind a dynamic reference is refused: what is absent would not be filled in', () => {
  const schemas = { Own: { ...TEXT, $dynamicAnchor: 'own', 'x-bind': 'principal.party' } };
  const asked = { type: 'object', properties: { party: { $dynamicRef: '#own' } } };
  assert.deepEqual(faultsOf({ asked, schemas }), ['CONTRACT_UNSUPPORTED #']);
});
