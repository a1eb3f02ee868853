import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cited, citedTogether } from '../../../src/check/report/explain.ts';
import { htmlWriter } from '../../../src/check/report/html-writer.ts';
import { junitWriter } from '../../../src/check/report/junit-writer.ts';
import { sarifWriter } from '../../../src/check/report/sarif-writer.ts';
import { terminalWriter } from '../../../src/cli/check-render.ts';
import { BASE, report } from '../a-report.ts';
import { written } from './written.ts';

test('one section, several and none are told as people say them', () => {
  const of = (section: string) => cited({ standard: 'RFC 8996', section });
  assert.deepEqual(['', '4', '4, 5', '4, 5, 6.1'].map(of), [
    'RFC 8996',
    'RFC 8996 section 4',
    'RFC 8996 sections 4 and 5',
    'RFC 8996 sections 4, 5 and 6.1',
  ]);
});

test('a standard that is named several times is told once', () => {
  const sources = [
    { standard: 'RFC 5280', section: '4.2.1.3' },
    { standard: 'RFC 9325', section: '4.1' },
    { standard: 'RFC 5280', section: '4.2.1.9' },
  ];
  assert.equal(citedTogether(sources), 'RFC 5280 sections 4.2.1.3 and 4.2.1.9; RFC 9325 section 4.1');
});

test('every report for people says so, and HTML leads to the first', () => {
  const results = [{ ...BASE.results[0]!, sources: [{ standard: 'RFC 8996', section: '4, 5' }] }];
  const whole = report({ results, place: { file: 'list', line: 1 } });
  const html = htmlWriter();
  const writers = [
    terminalWriter((_style, text) => text, 80),
    html,
    junitWriter({ warn_fails: false }),
    sarifWriter('/work'),
  ];
  const texts = writers.map((writer) => written(writer, whole));
  for (const text of texts) assert.match(text, /RFC 8996 sections 4 and 5/);
  assert.match(texts[1]!, /href="https:\/\/www\.rfc-editor\.org\/rfc\/rfc8996#section-4"/);
});
