/**
 * A check as one page that needs nothing else: no script, no font, no request. Its summary comes first, and is known last:
 * the page is put together at the end.
 */
import { createHash } from 'node:crypto';
import { badge, Html, html, NOTHING, name, plural, sentence } from './html-parts.ts';
import { STYLE } from './html-style.ts';
import { summaryOf, type Totals } from './html-summary.ts';
import { type Detail, targetSection } from './html-target.ts';
import type { ReportHead, ReportTail, TargetReport } from './report.ts';
import type { ReportWriter } from './writer.ts';

/** Characters of sections up to which each tells all: about a thousand targets of the usual size. */
const FULL_CHARACTERS = 32 * 1024 * 1024;
/** Up to which each still tells what is wrong; later ones have their row of the overview alone. */
const MAX_CHARACTERS = 48 * 1024 * 1024;

/** What is kept of each target. */
interface Row {
  readonly target: string;
  readonly verdict: TargetReport['verdict'];
  readonly fails: number;
  readonly warns: number;
  readonly untold: number;
  readonly has_section: boolean;
}

/** Holds 48 Mi characters of sections and a row for each target, until the end. */
export function htmlWriter(): ReportWriter {
  let begun: ReportHead | null = null;
  let characters = 0;
  const rows: Row[] = [];
  const sections: string[] = [];
  const totals: Totals = { fail: 0, warn: 0, 'could-not-tell': 0, pass: 0, 'not-applicable': 0, known: 0 };
  return {
    begin(head) {
      begun = head;
      return '';
    },
    target(target) {
      for (const { known, verdict } of target.results) totals[known ? 'known' : verdict]++;
      const detail: Detail = characters < FULL_CHARACTERS ? 'all' : 'findings';
      const has_section = characters < MAX_CHARACTERS;
      if (has_section) {
        const { text } = targetSection(target, rows.length + 1, detail);
        sections.push(text);
        characters += text.length;
      }
      rows.push(rowOf(target, has_section));
      return '';
    },
    end: (tail) => (begun === null ? '' : page(begun, tail, rows, sections, totals).text),
  };
}

function rowOf({ target, verdict, results }: TargetReport, has_section: boolean): Row {
  const counted = (wanted: string) => results.filter((one) => !one.known && one.verdict === wanted).length;
  const [fails, warns, untold] = [counted('fail'), counted('warn'), counted('could-not-tell')];
  return { target: target.slice(0, 300), verdict, fails, warns, untold, has_section };
}

const STYLE_DIGEST = createHash('sha256').update(STYLE).digest('base64');
const CONTENT_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_DIGEST}'; base-uri 'none'; form-action 'none'`;

function page(
  head: ReportHead,
  tail: ReportTail,
  rows: readonly Row[],
  sections: readonly string[],
  totals: Totals,
): Html {
  const { title, content } = summaryOf(head, tail, totals, rows.length === 1 ? rows[0]!.target : null);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(CONTENT_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title} – TLS check</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the findings</a>
<header>
${content}</header>
<main id="main" tabindex="-1">
${rows.length > 1 ? overview(rows) : NOTHING}${across(tail)}${new Html(sections.join(''))}</main>
<footer><p>Made by ${head.made_by} from outside, as a stranger sees the endpoints. A rule that is not named was not judged. Selecting a line to set selects all of its block.</p></footer>
</body>
</html>
`;
}

function overview(rows: readonly Row[]): Html {
  const count = (number: number) => html`<td class="n wide">${number}</td>`;
  const lines = rows.map(({ target, verdict, fails, warns, untold, has_section }, index) => {
    const shown = has_section ? html`<a href="#t${index + 1}">${name(target)}</a>` : name(target);
    return html`<tr><th scope="row">${shown}</th><td>${badge(verdict)}</td>${count(fails)}${count(warns)}${count(untold)}</tr>
`;
  });
  return html`<section><h2>Targets</h2>
<table><thead><tr><th scope="col">Target</th><th scope="col">Verdict</th><th scope="col" class="n wide">Failures</th><th scope="col" class="n wide">Warnings</th><th scope="col" class="n wide">Could not tell</th></tr></thead>
<tbody>${lines}</tbody></table></section>
`;
}

const SHOWN_TARGETS = 50;

function across({ across: findings }: ReportTail): Html {
  if (findings.length === 0) return NOTHING;
  const items = findings.map(({ verdict, message, rule, control, targets, known }) => {
    const more = targets.length > SHOWN_TARGETS ? html`<li>and ${targets.length - SHOWN_TARGETS} more</li>` : NOTHING;
    return html`<article><p class="title">${badge(verdict)}${known ? badge('known') : NOTHING}<span class="soft"><code>${rule}</code>, control ${control}</span></p>
<h3>${sentence(message)}</h3><ul>${targets.slice(0, SHOWN_TARGETS).map((target) => html`<li>${name(target)}</li>`)}${more}</ul></article>
`;
  });
  return html`<section><h2>${plural(findings.length, 'finding')} about several targets together</h2>${items}</section>
`;
}
