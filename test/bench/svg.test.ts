import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barChart } from '../../bench/gate/report/svg.ts';

const bar = (value: number) => ({ value, min: value * 0.9, max: value * 1.1 });
const CHART = {
  title: 'CPU <per> exchange',
  description: 'floor 1.00; gate "fast" 2.50 & more',
  series: ['GET', 'POST'],
  rows: [
    { label: 'floor', bars: [bar(1), bar(1)] },
    { label: 'gate', bars: [bar(2.5), null] },
  ],
  mark: { value: 1.35, label: 'target 1.35' },
};

test('a chart has a title, a description and its values as text, with markup in them escaped', () => {
  const svg = barChart(CHART);
  assert.match(svg, /role="img" aria-labelledby="title desc"/);
  assert.match(svg, /<title id="title">CPU &lt;per&gt; exchange<\/title>/);
  assert.match(svg, /<desc id="desc">floor 1\.00; gate &quot;fast&quot; 2\.50 &amp; more<\/desc>/);
  assert.match(svg, />2\.50<\/text>/);
  assert.match(svg, />target 1\.35<\/text>/);
});

test('a chart has colours for light and for dark ground, and paints no ground of its own', () => {
  const svg = barChart(CHART);
  assert.match(svg, /@media \(prefers-color-scheme:dark\)/);
  assert.doesNotMatch(svg, /background/);
});

test('what was not measured has no bar, and a longer bar means more', () => {
  const widths = [...barChart(CHART).matchAll(/<rect class="s0" x="130" y="\d+" width="([\d.]+)" height="11"/g)];
  assert.equal(widths.length, 2);
  assert.ok(Math.abs(Number(widths[1]![1]) / Number(widths[0]![1]) - 2.5) < 0.01);
  assert.equal([...barChart(CHART).matchAll(/<rect class="s1"[^>]*height="11"/g)].length, 1);
});
