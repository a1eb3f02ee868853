import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import type { TargetReport } from '../../../src/check/report/report.ts';
import { sarifWriter, TargetWithoutPlaceError } from '../../../src/check/report/sarif-writer.ts';
import { BASE, reportOf, unanswered } from '../a-report.ts';
import { EVERY, hostileReport, PLACED } from './hostile.ts';
import { written } from './written.ts';

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { id: string; help: { markdown: string } }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly baselineState?: string;
      readonly partialFingerprints: Record<string, string>;
      readonly locations: readonly { physicalLocation: { artifactLocation: { uri: string }; region: object } }[];
    }[];
    readonly invocations: readonly {
      readonly toolExecutionNotifications: readonly { level: string; message: { text: string } }[];
    }[];
  }[];
}

// The schema is of draft 4; what differs from draft 7 in it is the name of its identifier.
const path = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

function runOf(...targets: readonly TargetReport[]) {
  const log = JSON.parse(written(sarifWriter('/work'), reportOf(...targets))) as Log;
  assert.ok(isSarif(log), JSON.stringify(isSarif.errors));
  return log.runs[0]!;
}

test('a log of every verdict, and one of hostile texts, is valid by the published schema', () => {
  runOf(EVERY);
  const hostile: unknown = JSON.parse(written(sarifWriter('/work'), hostileReport()));
  assert.ok(isSarif(hostile), JSON.stringify(isSarif.errors));
});

test('findings are errors and warnings at the line that names the target; what could not be told is a notification', () => {
  const { results, invocations, tool } = runOf(EVERY);
  assert.deepEqual(
    results.map(({ ruleId, level, baselineState }) => [ruleId, level, baselineState]),
    [
      ['tls/example', 'error', undefined],
      ['tls/known', 'error', 'unchanged'],
      ['tls/warn', 'warning', undefined],
    ],
  );
  const [{ physicalLocation }] = results[0]!.locations as [(typeof results)[0]['locations'][0]];
  assert.equal(physicalLocation.artifactLocation.uri, 'partners/list%201.txt');
  assert.deepEqual(physicalLocation.region, { startLine: 7 });
  assert.match(invocations[0]!.toolExecutionNotifications[0]!.message.text, /could not tell: the example is on/);
  for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  assert.match(tool.driver.rules[0]!.help.markdown, /example off;/);
});

test('a finding keeps its fingerprint when its line moves and its evidence changes', () => {
  const moved = { ...PLACED, place: { file: 'elsewhere.txt', line: 99 } };
  const result = { ...PLACED.results[0]!, facts: ['other'], message: 'other' };
  const [before] = runOf(PLACED).results;
  const [after] = runOf({ ...moved, results: [result] }).results;
  assert.deepEqual(after?.partialFingerprints, before?.partialFingerprints);
  const [other] = runOf({ ...PLACED, port: 444 }).results;
  assert.notDeepEqual(other?.partialFingerprints, before?.partialFingerprints);
});

test('more findings than code hosts take are cut, failures last, and the log says so', () => {
  const [failure] = BASE.results;
  const warning = { ...failure!, rule: 'tls/w', verdict: 'warn' as const };
  const many = Array.from({ length: 900 }, (_, port) => ({ ...PLACED, port: port + 1, results: [warning, failure!] }));
  const { results, invocations } = runOf(...many);
  assert.equal(results.length, 1000);
  assert.equal(results.filter(({ level }) => level === 'error').length, 900);
  assert.match(invocations[0]!.toolExecutionNotifications[0]!.message.text, /^800 of 1800 findings are left out/);
});

test('a target that no file names is an error of its own', () => {
  assert.throws(() => written(sarifWriter('/work'), reportOf(BASE)), TargetWithoutPlaceError);
});

test('a target that nobody answers at is one notification, with what to do, and what was found', () => {
  const { results, invocations } = runOf({ ...unanswered(), place: PLACED.place });
  assert.deepEqual(
    results.map(({ ruleId }) => ruleId),
    ['tls/http-redirect'],
  );
  assert.deepEqual(
    invocations[0]!.toolExecutionNotifications.map(({ message }) => message.text),
    [
      'api.example.org: not finished: nobody listens there (ECONNREFUSED); 3 rules could not be told for that reason. See that the server runs.',
    ],
  );
});

test('what a stranger wrote is no link', () => {
  const results = EVERY.results.map((result) => ({ ...result, facts: ['CN=[see here](https://evil.example/)'] }));
  const target = '[see here](https://evil.example/)';
  const { results: told, invocations } = runOf(
    { ...PLACED, results },
    { ...unanswered(), place: PLACED.place, target },
  );
  const messages = [...told, ...invocations[0]!.toolExecutionNotifications].map(({ message }) => message.text);
  const text = messages.join('\n');
  assert.match(text, /see here/);
  assert.doesNotMatch(text, /\]\(/);
});
