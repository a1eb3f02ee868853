import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { DEFAULT_GUARDS, guardSettings } from '../../src/channels/api/guards/settings.ts';
import { LoadError } from '../../src/core/errors/index.ts';

function load(guards: { document?: unknown; path?: unknown; operation?: unknown }) {
  const responses = { 204: { description: 'done' } };
  const get = {
    operationId: 'read',
    responses,
    ...(guards.operation === undefined ? {} : { 'x-guards': guards.operation }),
  };
  const document = {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    ...(guards.document === undefined ? {} : { 'x-guards': guards.document }),
    paths: { '/a': { get, ...(guards.path === undefined ? {} : { 'x-guards': guards.path }) } },
  };
  return loadContract({ api: 't', path: 't.json', text: JSON.stringify(document), guards: DEFAULT_GUARDS });
}

const settings = (guards: Parameters<typeof load>[0]) =>
  guardSettings(DEFAULT_GUARDS, load(guards).operations[0]!.guards);

describe('x-guards', () => {
  it('holds from the nearest place that names a guard', () => {
    const given = settings({
      document: { secrets: 'mask', volume: 'off' },
      path: { secrets: 'report', 'personal-data': 'block' },
      operation: { secrets: 'off' },
    });
    assert.deepEqual(given, { ...DEFAULT_GUARDS, secrets: 'off', volume: 'off', 'personal-data': 'block' });
  });

  it('is a note where it does less than the api', () => {
    const texts = load({ path: { secrets: 'report', 'personal-data': 'block' } }).notes.map(({ text }) => text);
    assert.deepEqual(texts, ['x-guards: secrets is report here, elsewhere block']);
  });

  for (const [what, value] of [
    ['no object', 'off'],
    ['a list', ['secrets']],
    ['an unknown guard', { secret: 'off' }],
    ['a name every object has', { constructor: 'off' }],
    ['an unknown action', { secrets: 'hide' }],
    ['masking of what cannot be masked', { volume: 'mask' }],
    ['masking of a request', { attacks: 'mask' }],
  ] as const) {
    it(`is a fault with ${what}`, () => {
      assert.throws(
        () => load({ operation: value }),
        (error) => error instanceof LoadError && error.faults.every(({ code }) => code === 'CONTRACT_BINDING'),
      );
    });
  }
});
