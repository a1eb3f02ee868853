/** What the tests of real documents stand on: the generator, the overlays applied by hand, and the comparison. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { describe } from '../real/document.ts';
import { applyByHand } from '../real/overlay.ts';
import { matching } from '../real/schema/pattern.ts';
import { randomFrom } from '../real/schema/random.ts';
import { instancesOf } from '../real/schema/valid.ts';
import { inHeader, inPath, inQuery } from '../real/traffic/style.ts';
import { render, settle } from '../real/traffic/tally.ts';

const ANY_LENGTH = { min: 0, max: Number.POSITIVE_INFINITY };
const NO_REFERENCES = () => {
  throw new Error('no references here');
};

for (const pattern of [
  '^[A-Z]{2}\\d{3,5}$',
  '^(a|bc)+-?\\w*$',
  '^[^/]+\\.(png|jpe?g)$',
  '^sha256:[a-f0-9]{64}$',
  'x.y',
]) {
  test(`strings are made that match ${pattern}`, () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const text = matching(pattern, ANY_LENGTH, randomFrom(seed));
        assert.match(text ?? '', new RegExp(pattern, 'u'));
      }),
      { numRuns: 50 },
    );
  });
}

test('a pattern with a look-ahead makes no string', () => {
  assert.equal(matching('^(?=a)b', ANY_LENGTH, randomFrom(1)), null);
});

test('a full instance has every member, a minimal one only what is required, and read-only ones stay out of requests', () => {
  const instances = instancesOf({ version: '3.1', resolve: NO_REFERENCES });
  const schema = {
    type: 'object',
    required: ['id', 'name'],
    properties: { id: { type: 'integer', readOnly: true }, name: { type: 'string' }, note: { type: 'string' } },
  };
  const names = (direction: 'request' | 'response', size: 'minimal' | 'full') =>
    Object.keys(instances.make(schema, direction, size).value as object);
  assert.deepEqual(names('request', 'minimal'), ['name']);
  assert.deepEqual(names('request', 'full'), ['name', 'note']);
  assert.deepEqual(names('response', 'minimal'), ['id', 'name']);
  assert.deepEqual(names('response', 'full'), ['id', 'name', 'note']);
});

test('a schema that nothing fits makes no instance, and says why', () => {
  const instances = instancesOf({ version: '3.1', resolve: NO_REFERENCES });
  assert.throws(() => instances.make({ type: 'string', enum: [1] }, 'request', 'full'), /type/);
  assert.throws(() => instances.make(false, 'request', 'full'), /nothing is allowed/);
});

test('a branch that a discriminator names carries the value that names it', () => {
  const document = {
    openapi: '3.1.0',
    components: {
      schemas: {
        Pet: {
          oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
          discriminator: { propertyName: 'kind', mapping: { feline: '#/components/schemas/Cat' } },
        },
        Cat: { type: 'object', properties: { kind: { type: 'string' } } },
        Dog: { type: 'object', properties: { kind: { type: 'string' } } },
      },
    },
  };
  const instances = instancesOf(describe(document));
  const { value } = instances.make({ $ref: '#/components/schemas/Pet' }, 'request', 'minimal');
  assert.deepEqual(value, { kind: 'feline' });
  const { oracles } = instances;
  assert.equal(oracles.request.accepts({ $ref: '#/components/schemas/Pet' }, { kind: 'Dog' }), true);
  assert.equal(oracles.request.accepts({ $ref: '#/components/schemas/Pet' }, { kind: 'cow' }), false);
});

// OpenAPI 3.1.1, "Style Examples".
const LIST = ['blue', 'black', 'brown'];
const COLOURS = { R: 100, G: 200, B: 150 };
const form = (style: string, explode: boolean) => ({ name: 'color', style, explode });

test('parameters are written as the style examples of OpenAPI show', () => {
  assert.equal(inPath(form('matrix', false), LIST), ';color=blue,black,brown');
  assert.equal(inPath(form('matrix', true), COLOURS), ';R=100;G=200;B=150');
  assert.equal(inPath(form('label', false), LIST), '.blue,black,brown');
  assert.equal(inPath(form('label', true), COLOURS), '.R=100.G=200.B=150');
  assert.equal(inPath(form('simple', false), COLOURS), 'R,100,G,200,B,150');
  assert.equal(inHeader(form('simple', true), COLOURS), 'R=100,G=200,B=150');
  assert.deepEqual(inQuery(form('form', false), LIST), ['color=blue,black,brown']);
  assert.deepEqual(inQuery(form('form', true), LIST), ['color=blue', 'color=black', 'color=brown']);
  assert.deepEqual(inQuery(form('form', true), COLOURS), ['R=100', 'G=200', 'B=150']);
  assert.deepEqual(inQuery(form('spaceDelimited', false), LIST), ['color=blue%20black%20brown']);
  assert.deepEqual(inQuery(form('pipeDelimited', false), COLOURS), ['color=R%7C100%7CG%7C200%7CB%7C150']);
  assert.deepEqual(inQuery(form('deepObject', true), COLOURS), ['color[R]=100', 'color[G]=200', 'color[B]=150']);
});

test('an overlay applied by hand updates, removes, and fails where it names nothing', () => {
  const overlay = (action: string) => `overlay: 1.0.0\nactions:\n  - ${action}\n`;
  const document = { a: { 'b/c': [{ d: 1 }, { d: 2 }] } };
  applyByHand(document, overlay(`{ target: "$.a['b/c'][1]", update: { e: 3 } }`));
  applyByHand(document, overlay(`{ target: "$.a['b/c'][0]", remove: true }`));
  assert.deepEqual(document, { a: { 'b/c': [{ d: 2, e: 3 }] } });
  assert.throws(() => applyByHand(document, overlay('{ target: $.x, remove: true }')), /names nothing/);
});

test('a case whose exchange is not on record as expected counts as failed, and is shown', () => {
  const one = { kind: 'wrong type', operation: 'GET /', about: '', problem: null, exchange_id: 'x' };
  const verdicts = new Map([['x', { code: 'FILTER_SCHEMA', pointer: '/a', rule: 'type' }]]);
  const outcomes = settle(
    [
      { ...one, expects: /^FILTER_SCHEMA$/ },
      { ...one, expects: null },
      { ...one, problem: 'answered 200', exchange_id: null },
    ],
    verdicts,
  );
  assert.deepEqual(
    outcomes.map(({ passed, failed }) => [passed, failed.length]),
    [[1, 2]],
  );
  const text = render({ name: 'x', operations: 1, outcomes, broken_examples: 0, exceptions: [] });
  assert.match(text, /1 of {6}3 {3}33\.33 %/);
  assert.match(text, /on record as FILTER_SCHEMA type/);
});
