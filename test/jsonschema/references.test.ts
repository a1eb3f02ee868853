import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { localiseReferences } from '../../src/protocol/jsonschema/index.ts';
import { passed, verdict } from './checking.ts';

/** Each schema leads `x` to the type integer, and `y`, where it is, to a closed object. */
const LEADING_TO_INTEGER: Readonly<Record<string, unknown>> = {
  'an $anchor': { properties: { x: { $ref: '#here' } }, $defs: { a: { $anchor: 'here', type: 'integer' } } },
  'an $anchor behind the own URI of the document': {
    $id: 'https://example.com/root',
    properties: { x: { $ref: 'root#here' } },
    $defs: { a: { $anchor: 'here', type: 'integer' } },
  },
  'an absolute $id': {
    properties: { x: { $ref: 'https://example.com/whole' } },
    $defs: { a: { $id: 'https://example.com/whole', type: 'integer' } },
  },
  'a relative $id': { properties: { x: { $ref: 'whole' } }, $defs: { a: { $id: 'whole', type: 'integer' } } },
  'a URN': {
    properties: { x: { $ref: 'urn:example:whole' } },
    $defs: { a: { $id: 'urn:example:whole', type: 'integer' } },
  },
  'a pointer behind an $id': {
    properties: { x: { $ref: 'parts#/$defs/whole' } },
    $defs: { a: { $id: 'parts', $defs: { whole: { type: 'integer' } } } },
  },
  'a pointer that starts at the resource it stands in': {
    properties: { x: { $ref: 'parts' } },
    $defs: {
      a: { $id: 'parts', $ref: '#/$defs/whole', $defs: { whole: { type: 'integer' } } },
      whole: { type: 'string' },
    },
  },
  'an $id relative to the one around it': {
    properties: { x: { $ref: 'https://example.com/b/whole' } },
    $defs: { a: { $id: 'https://example.com/b/', $defs: { c: { $id: 'whole', type: 'integer' } } } },
  },
  'a pointer into a resource, whose own references start there': {
    properties: { x: { $ref: '#/$defs/a/$defs/first' } },
    $defs: {
      a: { $id: 'parts', $defs: { first: { $ref: '#/$defs/whole' }, whole: { type: 'integer' } } },
      whole: { type: 'string' },
    },
  },
  'a component of an OpenAPI description': {
    properties: { x: { $ref: '#whole' } },
    components: { schemas: { Whole: { $anchor: 'whole', type: 'integer' } } },
  },
};

describe('a reference', () => {
  for (const [what, schema] of Object.entries(LEADING_TO_INTEGER)) {
    it(`leads to ${what}`, () => {
      assert.equal(passed(schema, '{"x":1}'), '{"x":1}');
      assert.equal(passed(schema, '{"x":"1"}'), 'type /x');
    });
  }

  for (const [what, schema] of Object.entries(LEADING_TO_INTEGER)) {
    it(`leads to ${what} by a pointer from the root once it is made local`, () => {
      const document = structuredClone(schema);
      localiseReferences(document, '2020-12');
      const text = JSON.stringify(document);
      assert.ok(
        [...text.matchAll(/"\$ref":"([^"]*)"/gu)].every(([, reference]) => reference?.startsWith('#/')),
        text,
      );
      assert.doesNotMatch(text, /\$anchor/u);
      assert.equal(passed(document, '{"x":1}'), '{"x":1}');
      assert.equal(passed(document, '{"x":"1"}'), 'type /x');
    });
  }

  it('stays as it is where it leads nowhere, or where dynamic anchors decide', () => {
    for (const schema of [
      { $ref: '#none', $defs: { a: { $anchor: 'some' } } },
      { $ref: '#some', $defs: { a: { $anchor: 'some' }, b: { $dynamicAnchor: 'other' } } },
    ]) {
      const document = structuredClone(schema);
      localiseReferences(document, '2020-12');
      assert.equal(document.$ref, schema.$ref);
    }
  });

  it('does not take the name of a property for an identifier', () => {
    const schema = { properties: { $id: { type: 'string' }, $anchor: { type: 'integer' }, x: { $ref: '#' } } };
    assert.equal(passed(schema, '{"$id":"a","$anchor":1,"x":{"$id":"b"}}'), '{"$id":"a","$anchor":1,"x":{"$id":"b"}}');
    assert.equal(passed(schema, '{"x":{"$id":1}}'), 'type /x/$id');
  });

  it('chooses between kinds of branches by what the branch of another resource is', () => {
    const schema = {
      oneOf: [{ $ref: 'parts' }, { type: 'null' }],
      $defs: {
        a: { $id: 'parts', $ref: '#/$defs/own', $defs: { own: { type: 'object', properties: { b: true } } } },
        own: { type: 'string' },
      },
    };
    assert.equal(passed(schema, '{"b":1}'), '{"b":1}');
    assert.equal(passed(schema, 'null'), 'null');
    assert.equal(passed(schema, '"text"'), 'oneOf ');
  });

  it('fills in and binds what lies in another resource', () => {
    const schema = {
      $ref: 'order',
      $defs: {
        o: {
          $id: 'order',
          properties: { by: { $ref: '#/$defs/party' } },
          $defs: { party: { type: 'string', 'x-bind': 'principal.party' } },
        },
        party: { type: 'integer' },
      },
    };
    const context = { bindings: { 'principal.party': 'acme' } };
    assert.equal(passed(schema, '{}', {}, context), '{"by":"acme"}');
    assert.equal(passed(schema, '{"by":"other"}', {}, context), 'x-bind /by');
  });
});

describe('a dynamic reference', () => {
  const list = {
    $id: 'https://example.com/list',
    type: 'array',
    items: { $dynamicRef: '#item' },
    $defs: { any: { $dynamicAnchor: 'item' } },
  };

  it('leads to the schema of that name in the outermost resource', () => {
    const schema = {
      $id: 'https://example.com/texts',
      $ref: 'list',
      $defs: { list, item: { $dynamicAnchor: 'item', type: 'string' } },
    };
    assert.equal(verdict(schema, '["a"]'), 'ok');
    assert.equal(verdict(schema, '[1]'), 'type');
  });

  it('leads to its own schema where nobody around names another', () => {
    assert.equal(verdict({ $ref: 'https://example.com/list', $defs: { list } }, '[1,"a"]'), 'ok');
  });

  it('forgets the resources of a branch that is over', () => {
    const numbers = {
      $id: 'numbers',
      $ref: 'https://example.com/list',
      $defs: { n: { $dynamicAnchor: 'item', type: 'number' } },
    };
    const schema = {
      properties: { a: { $ref: 'numbers' }, b: { $ref: 'https://example.com/list' } },
      $defs: { list, numbers },
    };
    assert.equal(passed(schema, '{"a":[1],"b":["x"]}'), '{"a":[1],"b":["x"]}');
    assert.equal(passed(schema, '{"b":["x"],"a":["x"]}'), 'type /a/0');
  });

  it('is judged anew on the trimmed text', () => {
    const tree = {
      $id: 'tree',
      $dynamicAnchor: 'node',
      properties: { value: true, children: { type: 'array', items: { $dynamicRef: '#node' } } },
    };
    const schema = {
      $id: 'closed',
      $dynamicAnchor: 'node',
      $ref: 'tree',
      unevaluatedProperties: false,
      $defs: { tree },
    };
    const text = '{"children":[{"value":1,"secret":2}],"secret":3}';
    assert.equal(passed(schema, text, { direction: 'response' }), '{"children":[{"value":1}]}');
    assert.equal(passed(schema, text), 'unevaluatedProperties /children/0/secret');
  });
});

describe('long ways', () => {
  it('are followed to their end, each reference leading to the next', () => {
    const $defs: Record<string, unknown> = { s5000: { type: 'integer' } };
    for (let level = 0; level < 5000; level++) {
      $defs[`s${level}`] = { properties: { a: { $ref: `#/$defs/s${level + 1}` } } };
    }
    // The last is reached by a way of its own too, so that what waited is seen to be judged.
    const schema = { $defs, properties: { first: { $ref: '#/$defs/s0' }, late: { $ref: '#/$defs/s4990' } } };
    const nested = (value: unknown, levels: number): unknown =>
      levels === 0 ? value : { a: nested(value, levels - 1) };
    assert.equal(verdict(schema, JSON.stringify({ late: nested(1, 10) })), 'ok');
    assert.equal(verdict(schema, JSON.stringify({ late: nested('x', 10) })), 'type');
  });
});
