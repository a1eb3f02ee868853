import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePage, replaceBlocks } from '../../bench/gate/report/page.ts';
import { resultsText } from '../../bench/gate/report/save.ts';
import { renderReport } from '../../bench/gate/report/text.ts';
import { report } from './results.ts';

test('a block replaces what stands between its markers and nothing else, and again the same', () => {
  const page = 'before\n<!-- results: answers -->\nold\n<!-- /results: answers -->\nafter\n';
  const blocks = new Map([
    ['answers', 'new $& text'],
    ['elsewhere', 'x'],
  ]);
  const once = replaceBlocks(page, blocks);
  assert.equal(once, 'before\n<!-- results: answers -->\n\nnew $& text\n\n<!-- /results: answers -->\nafter\n');
  assert.equal(replaceBlocks(once, blocks), once);
});

test('a marker that is not closed is told, so that no text is lost', () => {
  assert.throws(() => replaceBlocks('<!-- results: answers -->', new Map([['answers', 'new']])), /not closed/);
});

test('the page shows ratio, machine, failures and a chart with its numbers as text', () => {
  const { blocks, charts } = makePage(report(2.5), 'bench/results/x.json');
  assert.match(blocks.get('answers')!, /\| sallyport \| +125\.0 \| +2\.50 \(2\.50-2\.50\)/);
  assert.match(
    blocks.get('answers')!,
    /!\[CPU per exchange[^\]]*sallyport 2\.50 and 2\.50\.\]\(performance-answers\.svg\)/,
  );
  assert.match(blocks.get('machine')!, /a processor, 2 cores.*load average 0\.10 before and 1\.50 after/s);
  assert.match(blocks.get('notes')!, /Not measured: a failure/);
  assert.equal(blocks.get('layers'), 'Not measured.');
  assert.deepEqual([...charts.keys()], ['performance-answers.svg']);
});

test('a target with errors has no bar in a chart, where it would look fast', () => {
  const right = report(2);
  const wrong = right.summaries.map((summary) =>
    summary.target === 'sallyport' ? { ...summary, errors: 1 } : summary,
  );
  const { charts } = makePage({ ...right, summaries: wrong }, 'x.json');
  assert.doesNotMatch(charts.get('performance-answers.svg')!, />sallyport</);
});

test('the report on the terminal has every scenario, its notes and its failures', () => {
  const text = renderReport(report(2.5));
  assert.match(text, /GET over 32 connections/);
  assert.match(text, /POST over 32 connections/);
  assert.match(text, /a note/);
  assert.match(text, /- a failure/);
});

test('saved results are the results, a line for each run', () => {
  const results = report(2);
  const text = resultsText(results);
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(results)));
  assert.ok(text.split('\n').length > results.runs.length);
});
