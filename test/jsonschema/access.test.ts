import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { faults, passed, response, verdict } from './checking.ts';

const bindings = { 'principal.party': 'acme', 'principal.machine': 'acme-erp' } as const;
const party = { type: 'string', 'x-bind': 'principal.party' };

describe('x-bind', () => {
  const schema = { type: 'object', properties: { supplier: party, n: {} } };
  const request = (text: string, of: unknown = schema) => passed(of, text, {}, { bindings });

  it('accepts the caller’s own name, however it is escaped', () => {
    assert.equal(request('{"supplier":"acme"}'), '{"supplier":"acme"}');
    assert.equal(request('{"supplier":"\\u0061cme"}'), '{"supplier":"\\u0061cme"}');
  });

  it('refuses any other value', () => {
    assert.equal(request('{"supplier":"globex"}'), 'x-bind /supplier');
    assert.equal(request('{"supplier":"acme "}'), 'x-bind /supplier');
    assert.equal(request('{"supplier":null}'), 'type /supplier');
  });

  it('fills an absent optional member', () => {
    assert.equal(request('{"n":1}'), '{"n":1,"supplier":"acme"}');
    assert.equal(request('{}'), '{"supplier":"acme"}');
  });

  it('fills through a reference, in nested objects, and once', () => {
    const nested = {
      allOf: [
        { properties: { o: { properties: { s: { $ref: '#/$defs/p' } } } } },
        { properties: { o: { $ref: '#/$defs/o' } } },
      ],
      $defs: { p: party, o: { properties: { s: party } } },
    };
    assert.equal(request('{"o":{}}', nested), '{"o":{"s":"acme"}}');
  });

  it('takes back the fills of a failed branch', () => {
    const branches = { anyOf: [{ properties: { s: party }, required: ['k'] }, { properties: { n: {} } }] };
    assert.equal(request('{"n":1}', branches), '{"n":1}');
  });

  it('refuses two bindings of one absent member', () => {
    const both = {
      allOf: [{ properties: { s: party } }, { properties: { s: { ...party, 'x-bind': 'principal.machine' } } }],
    };
    assert.equal(request('{}', both), 'x-bind /s');
    const inner = { allOf: [{ allOf: [party] }, { ...party, 'x-bind': 'principal.machine' }] };
    assert.equal(request('{}', { properties: { s: inner } }), 'x-bind /s');
  });

  it('does not fill a required member, nor anything in a response', () => {
    assert.equal(request('{}', { ...schema, required: ['supplier'] }), 'required /supplier');
    assert.equal(passed(schema, '{}', { direction: 'response' }, { bindings }), '{}');
  });

  it('matches nobody when the caller has no such name', () => {
    assert.equal(passed(schema, '{"supplier":"acme"}'), 'x-bind /supplier');
    assert.equal(passed(schema, '{}'), 'x-bind /supplier');
  });

  it('is a fault where it makes no sense', () => {
    const reasons = (schema: unknown, bindable = true) => faults(schema, { bindable }).map((fault) => fault.reason);
    assert.deepEqual(reasons({ type: 'integer', 'x-bind': 'principal.party' }), ['binding']);
    assert.deepEqual(reasons({ type: 'string', 'x-bind': 'principal.zone' }), ['binding']);
    assert.deepEqual(reasons(party, false), ['binding']);
  });
});

describe('x-views', () => {
  const visible = (views: readonly string[]) => views.includes('acme');
  const schema = {
    properties: { id: {}, margin: { type: 'number', 'x-views': ['internal'] }, price: { 'x-views': ['acme'] } },
    required: ['margin'],
  };

  it('leaves out what the caller may not see, after validating it', () => {
    assert.equal(response(schema, '{"id":1,"margin":2,"price":3}', { visible }), '{"id":1,"price":3}');
    assert.equal(response(schema, '{"id":1,"margin":"x"}', { visible }), 'type /margin');
    assert.equal(response(schema, '{"id":1}', { visible }), 'required /margin');
  });

  it('shows everything when nothing is said about visibility', () => {
    assert.equal(response(schema, '{"id":1,"margin":2,"price":3}'), '{"id":1,"margin":2,"price":3}');
  });

  it('outranks every other part of the schema', () => {
    const open = {
      allOf: [{ additionalProperties: true }, { properties: { a: { properties: { s: { 'x-views': ['b'] } } } } }],
    };
    assert.equal(response(open, '{"a":{"s":1,"t":2}}', { visible }), '{"a":{"t":2}}');
    const items = { items: { $ref: '#/$defs/s' }, $defs: { s: { 'x-views': ['b'] } } };
    assert.equal(response(items, '[1,2]', { visible }), '[]');
  });

  it('survives the second look at an answer that was trimmed', () => {
    assert.equal(response({ ...schema, minProperties: 1 }, '{"id":1,"margin":2,"u":0}', { visible }), '{"id":1}');
  });

  it('refuses an answer that is hidden as a whole', () => {
    assert.equal(response({ 'x-views': ['b'] }, '1', { visible }), 'x-views ');
  });

  it('makes a hidden member undeclared in requests', () => {
    assert.equal(passed(schema, '{"id":1,"margin":2}', { visible }), '{"id":1}');
  });

  it('is a fault when it is not a list of names', () => {
    for (const views of ['acme', [], [1], ['']]) {
      assert.deepEqual(
        faults({ 'x-views': views }).map((fault) => fault.reason),
        ['binding'],
      );
    }
  });
});

describe('readOnly and writeOnly', () => {
  const schema = {
    properties: { id: { type: 'string', readOnly: true }, secret: { $ref: '#/$defs/secret' } },
    required: ['id', 'secret'],
    $defs: { secret: { type: 'string', writeOnly: true } },
  };

  it('readOnly is refused in requests, where required does not ask for it', () => {
    assert.equal(passed(schema, '{"id":"a","secret":"s"}'), 'readOnly /id');
    assert.equal(verdict(schema, '{"secret":"s"}'), 'ok');
    assert.equal(passed(schema, '{}'), 'required /secret');
  });

  it('writeOnly is left out of responses, where required does not ask for it', () => {
    assert.equal(response(schema, '{"id":"a","secret":"s"}'), '{"id":"a"}');
    assert.equal(response(schema, '{"id":"a"}'), '{"id":"a"}');
    assert.equal(response(schema, '{"secret":"s"}'), 'required /id');
  });
});
