import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { applyOverlay } from '../../src/channels/api/contract/overlay/apply.ts';
import { lintDocument } from '../../src/channels/api/review/lint/lint.ts';
import { mendOverlay } from '../../src/channels/api/review/lint/mend-overlay.ts';
import { REST_CONTRACT } from '../acceptance/rest/contract.ts';
import { described, type Json } from './world.ts';

const ORDERS = readFileSync(join(import.meta.dirname, '../../examples/orders/contracts/orders.yaml'), 'utf8');

/** The same without its bounds. */
const LOOSE_ORDERS = ORDERS.replaceAll(/,? *(?:maxLength|maxItems|minimum|maximum): \d+/g, '');

/** Everything a mend has to find its way through: parts, alternatives, indices, odd names, both directions. */
const ODD_NAMES = described({
  version: '3.0.3',
  request: {
    allOf: [
      { $ref: '#/components/schemas/Base' },
      { type: 'object', additionalProperties: true, properties: { "it's": { type: 'string', minLength: 9000 } } },
    ],
  },
  response: {
    oneOf: [
      { type: 'array', items: { type: 'string' } },
      {
        type: 'object',
        additionalProperties: true,
        properties: { 0: { type: 'integer' }, 'a"b\\c': { type: 'number' } },
      },
    ],
  },
  schemas: {
    Base: { type: 'object', additionalProperties: true, properties: { 'x.y z': { type: 'string' } } },
    'Never-used': { type: 'string' },
  },
});

const BY_PATH: Json = {
  openapi: '3.1.0',
  info: { title: 'Paths', version: '1' },
  paths: {
    '/a/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        parameters: [
          { name: 'q', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
          { $ref: '#/components/parameters/Page' },
        ],
        responses: {
          200: {
            description: 'ok',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: { map: { type: 'object', additionalProperties: { type: 'integer' } } },
                },
              },
            },
          },
        },
      },
    },
  },
  components: { parameters: { Page: { name: 'page', in: 'query', schema: { type: 'integer' } } } },
};

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  'the orders example without its bounds': parse(LOOSE_ORDERS),
  'a contract with something of everything': parse(REST_CONTRACT),
  'odd names, parts and alternatives': ODD_NAMES,
  'parameters by index and by reference': BY_PATH,
};

for (const [name, root] of Object.entries(DOCUMENTS)) {
  test(`what can be mended is gone once the overlay is applied, and the contract loads: ${name}`, () => {
    const before = lintDocument(root);
    const mendable = before.findings.filter(({ mend }) => mend !== null);
    assert.ok(mendable.length > 0);
    const overlay = mendOverlay('mends', root, before.findings)!;
    const after = lintDocument(applyOverlay(root, overlay));
    assert.deepEqual(
      after.findings.filter(({ mend }) => mend !== null),
      [],
    );
    assert.equal(after.findings.length, before.findings.length - mendable.length);
    assert.ok(after.score > before.score);
    const contract = loadContract({
      api: 'api',
      path: 'api.json',
      text: JSON.stringify(root),
      overlays: [{ path: 'api.overlay.json', text: JSON.stringify(overlay) }],
    });
    assert.ok(contract.operations.length > 0);
  });
}

test('every action of the overlay asks to be looked at and names its rules', () => {
  const { findings } = lintDocument(BY_PATH);
  const { actions } = mendOverlay('mends', BY_PATH, findings)!;
  for (const { description } of actions) assert.match(description, /^TODO .*\([a-z, -]+\)$/);
  assert.deepEqual(
    actions.map(({ target }) => target).sort(),
    [
      '$.components.parameters.Page',
      "$.paths['/a/{id}'].get",
      "$.paths['/a/{id}'].get.parameters[0]",
      "$.paths['/a/{id}'].parameters[0]",
    ].sort(),
  );
});

test('an opened object that declares nothing is left to a person', () => {
  const root = described({ request: { type: 'object', additionalProperties: true } });
  const { findings } = lintDocument(root);
  assert.deepEqual(
    findings.filter(({ rule }) => rule.id === 'open-object').map(({ mend }) => mend),
    [null],
  );
});

test('a largest length leaves room for the least one', () => {
  const root = described({ request: { type: 'string', minLength: 9000 } });
  const { actions } = mendOverlay('mends', root, lintDocument(root).findings)!;
  assert.match(JSON.stringify(actions), /"maxLength":9000/);
});

test('how large a file may be is left to a person', () => {
  for (const file of [{ format: 'binary' }, { contentMediaType: 'image/png' }]) {
    const { findings } = lintDocument(described({ request: { type: 'string', ...file } }));
    assert.deepEqual(
      findings.filter(({ rule }) => rule.id === 'string-length').map(({ mend }) => mend),
      [null],
    );
  }
});

test('without anything to mend there is no overlay', () => {
  const root = described();
  assert.equal(mendOverlay('mends', root, lintDocument(root).findings), null);
});
