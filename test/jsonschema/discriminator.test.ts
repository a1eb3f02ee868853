import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { SchemaOptions } from '../../src/protocol/jsonschema/index.ts';
import { passed, verdict } from './checking.ts';

const cat = { type: 'object', properties: { kind: { type: 'string' }, lives: { type: 'integer' } } };
const dog = {
  type: 'object',
  properties: { kind: { type: 'string' }, tricks: { type: 'array', items: { type: 'string' } } },
};
const branches = [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }];

function pets(discriminator: unknown, changes: Record<string, unknown> = {}) {
  return { oneOf: branches, discriminator, components: { schemas: { Cat: cat, Dog: dog } }, ...changes };
}

/** What the compiler notes about the discriminator of a schema. */
function notes(schema: unknown): string[] {
  const found: string[] = [];
  const note: SchemaOptions['note'] = (keyword, pointer, message) => found.push(`${keyword} ${pointer} ${message}`);
  passed(schema, 'null', { note });
  return found;
}

describe('a discriminator', () => {
  it('chooses the branch by the name of its schema', () => {
    const schema = pets({ propertyName: 'kind' });
    assert.equal(passed(schema, '{"kind":"Cat","lives":9}'), '{"kind":"Cat","lives":9}');
    assert.equal(passed(schema, '{"kind":"Dog","tricks":["sit"]}'), '{"kind":"Dog","tricks":["sit"]}');
    assert.equal(passed(schema, '{"kind":"Dog","tricks":[1]}'), 'type /tricks/0');
  });

  it('chooses by mapping, to a name or a reference, and goes on taking the names', () => {
    const schema = pets({ propertyName: 'kind', mapping: { meow: 'Cat', woof: '#/components/schemas/Dog' } });
    assert.equal(passed(schema, '{"kind":"meow","lives":"x"}'), 'type /lives');
    assert.equal(passed(schema, '{"kind":"woof","tricks":1}'), 'type /tricks');
    assert.equal(passed(schema, '{"kind":"Dog","tricks":1}'), 'type /tricks');
  });

  it('refuses a value that names no branch, and one that is no string', () => {
    const schema = pets({ propertyName: 'kind' });
    assert.equal(passed(schema, '{"kind":"cat"}'), 'discriminator /kind');
    assert.equal(passed(schema, '{"kind":1}'), 'discriminator /kind');
    assert.equal(passed(schema, '{"kind":null}'), 'discriminator /kind');
    assert.equal(passed(schema, '[]'), 'oneOf ');
  });

  it('refuses its absence where all branches require it, and tries them all where one does not', () => {
    const strict = { Cat: { ...cat, required: ['kind'] }, Dog: { ...dog, required: ['kind'] } };
    const required = pets({ propertyName: 'kind' }, { components: { schemas: strict } });
    assert.equal(passed(required, '{"lives":1}'), 'discriminator /kind');
    const wild = { Cat: { ...cat, required: ['lives'] }, Dog: { ...dog, required: ['tricks'] } };
    const schema = pets({ propertyName: 'kind' }, { components: { schemas: wild } });
    assert.equal(passed(schema, '{"lives":1}'), '{"lives":1}');
    assert.equal(passed(schema, '{"lives":1,"tricks":[]}'), 'oneOf ');
    assert.equal(passed(schema, '{}'), 'oneOf ');
  });

  it('leaves out of an answer what the chosen branch does not declare, though another does', () => {
    const closed = { ...cat, additionalProperties: false };
    const schema = pets({ propertyName: 'kind' }, { components: { schemas: { Cat: closed, Dog: dog } } });
    const text = '{"tricks":[],"kind":"Cat","lives":1,"x":1}';
    assert.equal(passed(schema, text, { direction: 'response' }), '{"kind":"Cat","lives":1}');
  });

  it('judges the chosen branch only, so that others may match too', () => {
    assert.equal(verdict(pets({ propertyName: 'kind' }), '{"kind":"Cat"}'), 'ok');
    assert.equal(verdict(pets(undefined), '{"kind":"Cat"}'), 'oneOf');
  });

  it('works for anyOf, in OpenAPI 3.0, and beside branches that take no objects', () => {
    const any = { ...pets({ propertyName: 'kind' }), oneOf: undefined, anyOf: branches };
    assert.equal(passed(any, '{"kind":"Dog","tricks":1}'), 'type /tricks');
    assert.equal(
      passed(pets({ propertyName: 'kind' }), '{"kind":"Dog","tricks":1}', { dialect: '3.0' }),
      'type /tricks',
    );
    const nullable = pets({ propertyName: 'kind' }, { oneOf: [...branches, { type: 'null' }] });
    assert.equal(verdict(nullable, 'null'), 'ok');
    assert.equal(passed(nullable, '{"kind":"Dog","tricks":1}'), 'type /tricks');
  });

  it('reads a name that is written with escapes', () => {
    assert.equal(passed(pets({ propertyName: 'kind' }), '{"k\\u0069nd":"D\\u006fg","tricks":1}'), 'type /tricks');
  });

  it('keeps what it decides by when the rest is trimmed', () => {
    const bare = { type: 'object', properties: { lives: { type: 'integer' } } };
    const schema = pets({ propertyName: 'kind' }, { components: { schemas: { Cat: bare, Dog: dog } } });
    assert.equal(passed(schema, '{"kind":"Cat","lives":1}', { direction: 'response' }), 'oneOf ');
  });

  it('leads nowhere where its mapping names none of the branches', () => {
    const schema = pets({ propertyName: 'kind', mapping: { bird: 'Bird' } });
    assert.equal(passed(schema, '{"kind":"bird"}'), 'discriminator /kind');
    assert.match(notes(schema).join(), /discriminator \/discriminator mapping leads 'bird' to none of the branches/);
  });

  it('has no effect, which is noted, where a branch is not a reference', () => {
    const schema = pets({ propertyName: 'kind' }, { oneOf: [...branches, { required: ['wings'] }] });
    assert.equal(verdict(schema, '{"kind":"Bird","wings":2}'), 'oneOf');
    assert.match(notes(schema).join(), /a branch is not a reference/);
  });

  it('has no effect, which is noted, where no value names a branch', () => {
    const schema = {
      anyOf: [{ $ref: '#/$defs/a/x' }, { $ref: '#/$defs/b/x' }],
      discriminator: { propertyName: 'kind' },
      $defs: { a: { x: { required: ['a'] } }, b: { x: { required: ['b'] } } },
    };
    assert.equal(verdict(schema, '{"b":1}'), 'ok');
    assert.match(notes(schema).join(), /no value names one of the branches/);
  });

  it('has no effect, which is noted, where the branch itself takes other values only', () => {
    const kind = (name: string) => ({
      type: 'object',
      properties: { kind: { enum: [name] }, a: true },
      required: ['kind'],
    });
    const schema = pets({ propertyName: 'kind' }, { components: { schemas: { Cat: kind('cat'), Dog: kind('dog') } } });
    assert.equal(verdict(schema, '{"kind":"dog","a":1}'), 'ok');
    assert.equal(verdict(schema, '{"kind":"Dog","a":1}'), 'oneOf');
    assert.match(notes(schema).join(), /'Cat' names a branch whose kind can have other values only/);
  });

  it('has no effect on a schema without branches', () => {
    assert.equal(verdict({ ...cat, discriminator: { propertyName: 'kind' } }, '{}'), 'ok');
  });
});
