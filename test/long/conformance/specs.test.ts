/** Published API descriptions of different styles, all operations through one running gate. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentOf } from '../../real/documents.ts';
import { runDocuments } from '../../real/run.ts';
import { failures, render, together } from '../../real/traffic/tally.ts';

/** Of the collection for tools that show descriptions: one subject each. */
const OAS_30 = [
  'callbacks',
  'circular',
  'circular-request-bodies',
  'complex-nesting',
  'discriminators',
  'file-uploads',
  'form-data',
  'http-status-codes',
  'link-example',
  'parameters-common',
  'parameters-cookies',
  'parameters-extreme',
  'parameters-style',
  'petstore',
  'petstore-expanded',
  'petstore-simple',
  'polymorphism',
  'response-http-behavior',
  'response-schemas',
  'schema-additional-properties',
  'schema-circular',
  'schema-deprecated',
  'schema-encoding-style',
  'schema-enums',
  'schema-types',
  'schema-validation',
  'schema-visibility',
  'security',
  'server-path-level',
  'star-trek',
  'uspto',
];
const OAS_31 = ['petstore', 'petstore-simple', 'readme', 'security', 'train-travel'];

const DOCUMENTS = [
  documentOf('figma', '@figma/rest-api-spec/openapi/openapi.yaml'),
  documentOf('galaxy', '@scalar/galaxy/dist/3.1.yaml'),
  ...OAS_30.map((name) => documentOf(`${name}-30`, `@readme/oas-examples/3.0/json/${name}.json`)),
  ...OAS_31.map((name) => documentOf(`${name}-31`, `@readme/oas-examples/3.1/json/${name}.json`)),
];

test('every operation of published descriptions passes as declared, and is refused with one thing wrong', async (context) => {
  const runs = await runDocuments(context, DOCUMENTS);
  context.diagnostic(render(together(runs)));
  assert.deepEqual(runs.flatMap(failures), []);
});
