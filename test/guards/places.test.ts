import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PlaceCompiler } from '../../src/channels/api/guards/compile-places.ts';
import {
  type BodyPlace,
  below,
  CLOSED,
  DECLARED,
  HARMLESS,
  PERSONAL,
  type Place,
  SECRET,
  UNKNOWN,
} from '../../src/channels/api/guards/place.ts';
import { isHarmlessPattern } from '../../src/channels/api/guards/safe-pattern.ts';

function compile(schema: unknown, schemas: object = {}): BodyPlace {
  return new PlaceCompiler({ schema, components: { schemas } }).compile({ value: schema, pointer: '/schema' });
}

const at = (place: Place, ...names: (string | undefined)[]): number =>
  names.reduce((here, name) => below(here, name), place).flags;

const members = (properties: object) => compile({ type: 'object', properties }).root;

describe('what a contract says about places', () => {
  it('closes enums, constants, narrow formats, and strings too short for anything', () => {
    const root = members({
      state: { enum: ['a'] },
      one: { const: 'a' },
      id: { type: 'string', format: 'uuid' },
      when: { type: 'string', format: 'date-time' },
      short: { type: 'string', maxLength: 3 },
      maybe: { oneOf: [{ type: 'null' }, { type: 'string', format: 'uuid' }] },
    });
    for (const name of ['state', 'one', 'id', 'when', 'short', 'maybe']) assert.equal(at(root, name), CLOSED, name);
  });

  it('knows patterns that no attack fits and a token may', () => {
    const code = { type: 'string', pattern: '^[A-Z]{2}-[0-9]{4}$' };
    const root = members({ code, either: { anyOf: [code, { enum: ['a'] }] }, open: { anyOf: [code, {}] } });
    assert.deepEqual([at(root, 'code'), at(root, 'either'), at(root, 'open')], [HARMLESS, HARMLESS, 0]);
  });

  it('takes no keyword about strings for one about the items of an array', () => {
    const items = { type: 'string' };
    const root = members({
      a: { type: 'array', format: 'uuid', items },
      b: { type: 'array', maxLength: 3, items },
      c: { type: ['string', 'array'], pattern: '^[a-z]+$', items },
    });
    for (const name of ['a', 'b', 'c']) assert.equal(at(root, name), 0, name);
  });

  it('leaves open what may hold anything', () => {
    const root = members({
      note: { type: 'string' },
      link: { type: 'string', format: 'uri' },
      like: { type: 'string', pattern: '^.*$' },
      long: { type: 'string', maxLength: 4 },
      either: { anyOf: [{ enum: ['a'] }, { type: 'string' }] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      when: { if: {}, then: { enum: ['a'] } },
    });
    for (const name of ['note', 'link', 'like', 'long', 'either', 'when', 'other'])
      assert.equal(at(root, name), 0, name);
  });

  it('knows personal data, also of everything below, and what a format declares', () => {
    const root = members({
      mail: { type: 'string', format: 'email' },
      contact: {
        'x-personal-data': { category: 'c', purpose: 'p' },
        properties: { name: { properties: { first: {} } } },
      },
      none: { type: 'string', 'x-personal-data': false },
      login: { type: 'string', format: 'password' },
    });
    assert.equal(at(root, 'none'), 0);
    assert.equal(at(root, 'mail'), DECLARED['email']);
    assert.equal(at(root, 'contact', 'name', 'first') & PERSONAL, PERSONAL);
    assert.equal(at(root, 'contact', 'anything'), PERSONAL);
    assert.equal(at(root, 'login'), SECRET);
  });

  it('follows references, allOf, items and free members', () => {
    const schemas = {
      Id: { type: 'string', format: 'uuid' },
      List: { type: 'array', items: { $ref: '#/components/schemas/Id' } },
    };
    const { root } = compile(
      {
        allOf: [
          { properties: { ids: { $ref: '#/components/schemas/List' } } },
          { properties: { ids: {} }, additionalProperties: { enum: ['a'] } },
        ],
      },
      schemas,
    );
    assert.equal(at(root, 'ids', undefined), CLOSED);
    assert.equal(at(root, 'whatever'), CLOSED);
  });

  it('says nothing about what depends on a pattern or an index', () => {
    const { root } = compile({
      properties: { list: { prefixItems: [{}], items: { enum: ['a'] } } },
      patternProperties: { '^a': {} },
      additionalProperties: { enum: ['a'] },
    });
    assert.equal(at(root, 'list', undefined), 0);
    assert.equal(at(root, 'abc'), 0);
  });

  it('ends on schemas that refer to themselves and each other', () => {
    const schemas = {
      A: {
        oneOf: [{ $ref: '#/components/schemas/B' }],
        properties: { next: { $ref: '#/components/schemas/A' }, id: { format: 'uuid' } },
      },
      B: { allOf: [{ $ref: '#/components/schemas/A' }, { properties: { up: { $ref: '#/components/schemas/B' } } }] },
    };
    const { root, open_names } = compile({ $ref: '#/components/schemas/A' }, schemas);
    assert.equal(at(root, 'id'), CLOSED);
    assert.equal(open_names, true, 'what is not known counts as open');
  });

  it('tells where names are text of the far end', () => {
    assert.equal(compile({ properties: { a: { items: { type: 'object' } } } }).open_names, false);
    assert.equal(compile({ properties: { a: { items: { additionalProperties: true } } } }).open_names, true);
    assert.equal(compile({ patternProperties: { a: {} } }).open_names, true);
    assert.equal(compile({ additionalProperties: false }).open_names, false);
    assert.equal(compile(true).open_names, true);
  });

  it('keeps nothing of schemas that say nothing', () => {
    assert.equal(compile({ properties: { a: { properties: { b: { type: 'string' } } } } }).root, UNKNOWN);
  });
});

describe('patterns that leave no room for an attack', () => {
  for (const pattern of [
    '^[A-Z]{3}$',
    '^\\d+$',
    '^[a-z0-9_-]{1,40}$',
    '^(?:ab|cd)-[0-9]+$',
    '^v[0-9]\\.[0-9]$',
    '^a{2,}b?$',
    '^([a-z]+)$',
  ]) {
    it(`${pattern} is one`, () => assert.equal(isHarmlessPattern(pattern), true));
  }
  for (const pattern of [
    '[A-Z]',
    '^[A-Z]',
    '[A-Z]$',
    '^.*$',
    '^[^a]$',
    '^[a-z ]$',
    '^a|b$',
    '^\\S+$',
    '^\\D$',
    '^[\\s]$',
    "^[']$",
    '^(?!a)b$',
    '^a\\$',
    '^[ -~]$',
    '^[a-z/]+$',
    '^a(b$',
    '^a)b$',
    '^\\w+;$',
    '',
  ]) {
    it(`${pattern} is none`, () => assert.equal(isHarmlessPattern(pattern), false));
  }
});

describe('large descriptions', () => {
  it('merges schemas that share branches, however many ways lead to one', () => {
    const levels = 100;
    const schemas: Record<string, object> = {};
    for (const [side, format] of Object.entries({ L: 'email', R: 'password' })) {
      for (let level = 0; level < levels; level++) {
        const next = { $ref: `#/components/schemas/${side}${level + 1}` };
        schemas[`${side}${level}`] = { properties: { a: next, b: next, [side]: { type: 'string' } } };
      }
      schemas[`${side}${levels}`] = { type: 'string', format };
    }
    const both = ['L0', 'R0'].map((name) => ({ $ref: `#/components/schemas/${name}` }));
    const { root } = compile({ allOf: both }, schemas);
    assert.equal(at(root, ...Array<string>(levels).fill('a')), SECRET | (DECLARED['email'] as number));
  });

  it('follows long ways of references, and excuses nothing where they are too long', () => {
    const schemas: Record<string, object> = {};
    for (let level = 0; level < 5000; level++) {
      schemas[`S${level}`] = { properties: { a: { $ref: `#/components/schemas/S${level + 1}` } } };
    }
    const { open_names } = compile({ $ref: '#/components/schemas/S0' }, { ...schemas, S5000: { enum: ['a'] } });
    assert.equal(open_names, true);
  });

  it('takes names for open where a dynamic reference leads on', () => {
    assert.equal(compile({ type: 'object', properties: { a: { $dynamicRef: '#node' } } }).open_names, true);
    assert.equal(compile({ dependencies: { a: { additionalProperties: true } } }).open_names, true);
  });
});
