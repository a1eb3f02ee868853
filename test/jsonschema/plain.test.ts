import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, verdict } from './checking.ts';

test('plain schemas of one document that differ in type, format or nullable judge by their own words', () => {
  const schema = {
    properties: {
      text: { type: 'string', description: 'a name' },
      id: { type: 'string', format: 'uuid' },
      none: { type: 'string', nullable: true },
      count: { type: 'integer', format: 'int32' },
      wide: { type: 'integer', format: 'int64', example: 1 },
      any: { description: 'anything that is no object and no array' },
    },
  };
  const judged = (text: string) => verdict(schema, text, { dialect: '3.0' });
  assert.equal(judged('{"text":"a","none":null,"count":1,"wide":4294967296,"any":1}'), 'ok');
  assert.equal(judged('{"text":null}'), 'type');
  assert.equal(judged('{"id":"a"}'), 'format');
  assert.equal(judged('{"count":4294967296}'), 'format');
  assert.equal(judged('{"none":1}'), 'type');
});

test('a fault in a schema that says little is told at every place', () => {
  const schema = { properties: { a: { type: 'strange' }, b: { type: 'strange' }, c: { type: 'string', format: 1 } } };
  const pointers = faults(schema, { dialect: '3.0' }).map(({ pointer }) => pointer);
  assert.deepEqual(pointers, ['/properties/a/type', '/properties/b/type', '/properties/c/format']);
});

test('a schema that binds, hides or is read only is not taken for one that says the same otherwise', () => {
  const bound = { type: 'string', 'x-bind': 'principal.party' };
  const schema = { properties: { a: { type: 'string' }, b: bound, c: { type: 'string', readOnly: true } } };
  assert.equal(verdict(schema, '{"a":"x","b":"x"}'), 'x-bind');
  assert.equal(verdict(schema, '{"a":"x","c":"x"}'), 'readOnly');
});
