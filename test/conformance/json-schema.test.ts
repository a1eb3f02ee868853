import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { JsonError, parseJson } from '../../src/protocol/json/index.ts';
import { type CompiledSchema, compileSchema, type Dialect, SchemaError } from '../../src/protocol/jsonschema/index.ts';
import { MISSES, type Misses } from './json-schema/misses.ts';
import { bundled, type Draft, type Group, missingSuite, readGroups } from './json-schema/suite.ts';

const DIALECTS: Readonly<Record<Draft, Dialect>> = { 'draft2020-12': '2020-12', draft4: '3.0' };

/**
 * The suite's schemas are open, ours closed: a value counts as valid when a request check accepts it, whatever that
 * check finds undeclared beside. Closedness itself is held by test/jsonschema.
 */
function compile(draft: Draft, schema: unknown): CompiledSchema | null {
  const dialect = DIALECTS[draft];
  const attempt = (document: unknown) =>
    compileSchema(document, { dialect, document, pointer: '', direction: 'request' });
  try {
    return attempt(schema);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    if (dialect === '3.0' || typeof schema !== 'object' || error.reason !== 'ref') return null;
  }
  try {
    return attempt(bundled(schema as Record<string, unknown>));
  } catch (error) {
    if (error instanceof SchemaError) return null;
    throw error;
  }
}

function isValid(schema: CompiledSchema, text: string): boolean | string {
  try {
    return schema.check(parseJson(Buffer.from(text))).ok;
  } catch (error) {
    if (error instanceof JsonError) return error.code;
    throw error;
  }
}

interface Missed {
  readonly file: string;
  readonly group: string;
  readonly tests: 'load' | readonly string[];
  readonly count: number;
}

function judge(draft: Draft, { file, description, schema, tests }: Group): Missed | null {
  const compiled = compile(draft, schema);
  const missed = tests.filter(({ text, valid }) => compiled === null || isValid(compiled, text) !== valid);
  if (missed.length === 0) return null;
  const names = compiled === null ? 'load' : missed.map((test) => test.description);
  return { file, group: description, tests: names, count: missed.length };
}

/** What is expected of one group, and why; a group that is named twice would hide a mistake. */
function reasonOf(misses: Misses, { file, group }: Missed): readonly [reason: string, tests: unknown] {
  const found = Object.entries(misses).flatMap(([reason, files]) => {
    const tests = files[file]?.[group];
    return tests === undefined ? [] : [[reason, tests] as const];
  });
  assert.equal(found.length, 1, `${file}, ${group}: ${found.length} reasons`);
  return found[0] as (typeof found)[number];
}

const PARTS = {
  required: (file: string) => !file.startsWith('optional'),
  optional: (file: string) => file.startsWith('optional') && !file.startsWith('optional/format/'),
  formats: (file: string) => file.startsWith('optional/format/'),
};

function table(draft: Draft, groups: readonly Group[], missed: readonly Missed[]): string[] {
  const parts = Object.entries(PARTS).map(([part, belongs]) => {
    const total = groups.filter(({ file }) => belongs(file)).reduce((sum, { tests }) => sum + tests.length, 0);
    return `${draft} ${part}: ${total - countOf(missed.filter(({ file }) => belongs(file)))} of ${total}`;
  });
  const reasons = Object.keys(MISSES[draft]).map((reason) => {
    return `  ${countOf(missed.filter((miss) => reasonOf(MISSES[draft], miss)[0] === reason))}: ${reason}`;
  });
  return [...parts, ...reasons];
}

function countOf(missed: readonly Missed[]): number {
  return missed.reduce((sum, { count }) => sum + count, 0);
}

describe('the JSON Schema Test Suite', { skip: missingSuite() }, () => {
  for (const draft of Object.keys(DIALECTS) as Draft[]) {
    it(`passes for ${draft} but for what the divergences name`, (test) => {
      const groups = readGroups(draft);
      assert.ok(groups.length > 100, `${groups.length} groups`);
      const missed = groups.map((group) => judge(draft, group)).filter((miss) => miss !== null);
      for (const miss of missed) assert.deepEqual(miss.tests, reasonOf(MISSES[draft], miss)[1], miss.group);
      const named = Object.values(MISSES[draft]).flatMap((files) => Object.values(files).flatMap(Object.keys));
      assert.equal(missed.length, named.length, 'some reason names a group that passes');
      for (const line of table(draft, groups, missed)) test.diagnostic(line);
    });
  }
});
