import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { templates } from '../../src/cli/init/templates.ts';
import { jsonSchema, type SchemaName } from '../../src/config/json-schema.ts';
import { generatedFiles } from '../../tools/reference.ts';
import { BAD_CONFIGS } from './bad-configs/index.ts';
import { edit, GATE, PARTY } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, keywords: ['x-kind'] });
const validators = { gate: ajv.compile(jsonSchema('gate')), party: ajv.compile(jsonSchema('party')) };

function assertValid(name: SchemaName, text: string, what: string): void {
  const validate = validators[name];
  assert.equal(validate(parse(text)), true, `${what}: ${ajv.errorsText(validate.errors)}`);
}

test('generated files are up to date', () => {
  for (const [path, text] of Object.entries(generatedFiles())) {
    assert.equal(readFileSync(join(ROOT, path), 'utf8'), text, `${path} is stale; run npm run docs`);
  }
});

test('sound files are valid by the JSON Schema', () => {
  assertValid('gate', GATE, 'sallyport.yaml');
  assertValid('party', PARTY, 'a party file');
  for (const { path, text } of templates()) {
    if (path === 'sallyport.yaml') assertValid('gate', text, path);
    if (path.startsWith('parties/')) assertValid('party', text, path);
  }
});

test('every example is valid by the JSON Schema', () => {
  for (const file of globSync('examples/*/sallyport.yaml', { cwd: ROOT })) {
    assertValid('gate', readFileSync(join(ROOT, file), 'utf8'), file);
  }
  for (const file of globSync('examples/*/parties/*.yaml', { cwd: ROOT })) {
    assertValid('party', readFileSync(join(ROOT, file), 'utf8'), file);
  }
});

test('an editor marks what the loader refuses, where a schema can tell', () => {
  const seen = BAD_CONFIGS.filter((bad) => bad.seen);
  assert.ok(seen.length >= 40);
  for (const { name, file, from, to } of seen) {
    const text = from === null ? to : edit(file === 'gate' ? GATE : PARTY, from, to);
    assert.equal(validators[file](parse(text, { logLevel: 'error' })), false, name);
  }
});

test('every key is described', () => {
  const undescribed = (schema: ReturnType<typeof jsonSchema>, path: string): string[] => {
    const inner = Object.entries(schema.properties ?? {}).flatMap(([key, child]) => [
      ...(child.description ? [] : [`${path}.${key}`]),
      ...undescribed(child, `${path}.${key}`),
    ]);
    const more = [schema.additionalProperties, schema.items].filter((child) => typeof child === 'object');
    return [...inner, ...more.flatMap((child) => undescribed(child, `${path}.*`))];
  };
  assert.deepEqual([...undescribed(jsonSchema('gate'), ''), ...undescribed(jsonSchema('party'), '')], []);
});
