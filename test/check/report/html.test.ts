import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { htmlWriter } from '../../../src/check/report/html-writer.ts';
import type { CheckReport } from '../../../src/check/report/report.ts';
import { findTool, missingTools } from '../../acceptance/harness/tools.ts';
import { BASE, report, reportOf, unanswered } from '../a-report.ts';
import { CHAINED } from './chained.ts';
import { EVERY, hostileReport } from './hostile.ts';
import { written } from './written.ts';

const page = (whole: CheckReport) => written(htmlWriter(), whole);

test('the page says first what it comes to', () => {
  const [, title] = /<title>(.*)<\/title>/.exec(page(report())) ?? [];
  assert.equal(title, 'api.example.org has failures – TLS check');
  assert.match(
    page(reportOf(BASE, { ...BASE, verdict: 'good', results: [] })),
    /<h1>1 of 2 targets has failures<\/h1>/,
  );
  assert.match(page(reportOf(EVERY)), /There is 1 failure to mend, and 1 warning to look at/);
  const [known] = EVERY.results.filter((result) => result.known);
  assert.match(
    page(report({ results: [known!] })),
    /Nothing new that was judged is wrong. 1 result stood in the baseline/,
  );
});

test('the page says so where nothing could be judged', () => {
  const { results, ...silent } = unanswered();
  const untold = results.filter(({ verdict }) => verdict === 'could-not-tell');
  const text = page(reportOf({ ...silent, verdict: 'unfinished', results: untold }));
  assert.match(text, /<h1>api\.<wbr>example\.<wbr>org could not be judged<\/h1>/);
  assert.match(text, /<p class="lead">Nothing could be judged\.<\/p>/);
});

test('a finding has its evidence, its sources and the lines to set', () => {
  const text = page(report());
  assert.match(text, /<li>one<\/li><li>two<\/li>/);
  assert.match(text, /<a href="https:\/\/www.rfc-editor.org\/rfc\/rfc9325#section-3.3">RFC 9325 section 3.3<\/a>/);
  assert.match(text, /<dt>nginx<\/dt><dd><pre>example off;<\/pre>/);
});

test('no text of a stranger is more than text, and a long one is cut', () => {
  const text = page(hostileReport());
  assert.doesNotMatch(text, /<img|<\/script|alert\(1\)>(?!&)/);
  assert.equal(text.match(/<style>/g)?.length, 1);
  assert.doesNotMatch(text, /[\p{Cf}\p{Cs}\ufffe]|[^\P{Cc}\n]/u);
  assert.ok(text.length < 200_000, `${text.length} characters`);
});

test('a page of very many targets is bounded: each has its row, and those beyond have no more', () => {
  const facts = Array.from({ length: 60 }, (_, index) => `${index}${'y'.repeat(400)}`);
  const [failure] = BASE.results;
  const results = Array.from({ length: 20 }, () => ({ ...failure!, facts }));
  const text = page(reportOf(...Array.from({ length: 120 }, () => ({ ...BASE, results }))));
  assert.ok(text.length < 60 * 1024 * 1024, `${text.length} characters`);
  assert.equal(text.match(/<tr><th scope="row">(?:<a|api)/g)?.length, 120);
  assert.match(text, /This page is full/);
});

test('a target that nobody answers at is told once, with the reason and what to do; what was found is told', () => {
  const text = page(reportOf(unanswered()));
  assert.match(text, /Nobody listens there \(ECONNREFUSED\)\. 3 rules could not be told for that reason\.<\/p>/);
  assert.match(text, /<p>See that the server runs\.<\/p>/);
  assert.match(text, /Port 80 serves in clear/);
  assert.doesNotMatch(text, /was not answered|Versions and cipher suites/);
});

test('a line breaks within names alone, not within a number', () => {
  assert.match(page(report()), /<p class="soft">192\.<wbr>0\.<wbr>2\.<wbr>7, port 443; 31 connections in 0\.42 s<\/p>/);
});

test('all that was found is told, however deep it lies, in the words of the field', () => {
  const text = page(reportOf(CHAINED));
  assert.match(text, /<li>www\.<wbr>example\.<wbr>org<\/li>/);
  assert.doesNotMatch(text, /<(?:dd|li)[^>]*>…/);
  const labels = [...text.matchAll(/<dt[^>]*>([^<]*)<\/dt>/g)].map(([, label]) => label);
  for (const label of ['SSL 2.0', 'Resumption TLS 1.3', 'Key SHA-256', 'Is CA', 'DNS names', 'IP addresses', 'SCTs'])
    assert.ok(labels.includes(label), label);
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

describe('in a browser', { skip: missingTools('chromium') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-page-'));
  let browser: Browser;
  before(async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath: findTool('chromium')!, args });
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened(
    whole: CheckReport,
    width: number,
    colorScheme: 'light' | 'dark',
    use: (page: Page) => unknown,
  ) {
    // The page's own policy allows no script: what looks at it comes from outside of it.
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme,
      bypassCSP: true,
      isMobile: width < 500,
      reducedMotion: 'reduce',
    });
    try {
      const tab = await context.newPage();
      const asked: string[] = [];
      tab.on('request', (request) => asked.push(request.url()));
      await tab.route('**/*', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: page(whole) }));
      await tab.goto('http://report.invalid/');
      assert.deepEqual(asked, ['http://report.invalid/']);
      await tab.evaluate('for (const part of document.querySelectorAll("details")) part.open = true');
      await use(tab);
    } finally {
      await context.close();
    }
  }

  for (const scheme of ['light', 'dark'] as const) {
    it(`breaks no rule of WCAG 2.2 AA that a program can check, ${scheme}`, async () => {
      await opened(reportOf(EVERY, { ...EVERY, problem: 'late' }, unanswered()), 1280, scheme, async (tab) => {
        await tab.evaluate(axe);
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
        const run = `axe.run({ runOnly: ${JSON.stringify(tags)} }).then(({ violations }) => violations)`;
        const violations = (await tab.evaluate(run)) as readonly Violation[];
        assert.deepEqual(
          violations.map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary]),
          [],
        );
      });
    });
  }

  for (const [name, whole] of [
    ['a usual', reportOf(EVERY, BASE)],
    ['a long', reportOf(CHAINED)],
    ['a hostile', hostileReport()],
  ] as const) {
    it(`${name} report needs no scrolling sideways on a telephone`, async () => {
      await opened(whole, 360, 'light', async (tab) => {
        assert.equal(await tab.evaluate('document.documentElement.scrollWidth'), 360);
      });
    });
  }

  it('what was found is not squeezed, however deep it lies, on a screen', async () => {
    await opened(reportOf(CHAINED), 1280, 'light', async (tab) => {
      const widths_px = '[...document.querySelectorAll(".tree dd")].map((one) => one.clientWidth)';
      const narrowest_px = Math.min(...((await tab.evaluate(widths_px)) as readonly number[]));
      assert.ok(narrowest_px > 300, `${narrowest_px} px`);
    });
  });

  it('is whole on paper: what was folded is open', async () => {
    await opened(reportOf(EVERY), 1280, 'light', async (tab) => {
      await tab.evaluate('for (const part of document.querySelectorAll("details")) part.open = false');
      const height_px = () =>
        tab.evaluate('document.querySelector("article > details").offsetHeight') as Promise<number>;
      const folded_px = await height_px();
      await tab.emulateMedia({ media: 'print' });
      assert.ok((await height_px()) > folded_px + 20);
    });
  });
});
