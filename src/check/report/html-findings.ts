/** What rules say about one target, as parts of the page. */
import { cited } from './explain.ts';
import { badge, Html, html, NOTHING, name, plural, sentence } from './html-parts.ts';
import type { ResultReport } from './report.ts';

/** A finding with all that its reader needs to understand and to mend it. */
export function finding(result: ResultReport): Html {
  const { verdict, rule, control, title, message, why, advice, facts, sources, known } = result;
  return html`<article>
<p class="title">${badge(verdict)}${known ? badge('known') : NOTHING}<span class="soft"><code>${rule}</code>, control ${control}</span></p>
<h4>${sentence(message)}</h4>
<dl class="what">
<dt>Wanted</dt><dd>${sentence(title)}</dd>
<dt>Why</dt><dd>${sentence(why)}</dd>
${evidence(facts)}<dt>What to do</dt><dd>${sentence(advice)}</dd>
<dt>Sources</dt><dd>${sources.map((source, index) => html`${index > 0 ? ', ' : ''}${sourceLink(source)}`)}</dd>
</dl>
${remedies(result)}</article>
`;
}

/** The page shows no more; the JSON report has all. */
const SHOWN_FACTS = 60;
const FACTS_AT_ONCE = 8;

function evidence(facts: readonly string[]): Html {
  if (facts.length === 0) return NOTHING;
  const list = (some: readonly string[]) =>
    html`<ul class="facts mono">${some.map((fact) => html`<li>${name(fact)}</li>`)}</ul>`;
  const rest = facts.slice(FACTS_AT_ONCE, SHOWN_FACTS);
  const left = facts.length - SHOWN_FACTS;
  const cut = left > 0 ? html`<p>and ${left} more, in the JSON report</p>` : NOTHING;
  const more = html`<details><summary>${rest.length} more</summary>${list(rest)}${cut}</details>`;
  return html`<dt>Evidence</dt><dd>${list(facts.slice(0, FACTS_AT_ONCE))}${rest.length > 0 ? more : NOTHING}</dd>
`;
}

function remedies({ remedies: by_software }: ResultReport): Html {
  if (by_software.length === 0) return NOTHING;
  const names = by_software.map(({ software }) => software).join(', ');
  const items = by_software.map(
    ({ software, lines }) =>
      html`<div><dt>${software}</dt><dd><pre>${lines.map((line, index) => html`${index > 0 ? new Html('\n') : ''}${line}`)}</pre></dd></div>
`,
  );
  return html`<details><summary>Lines to set (${names})</summary><dl class="remedies">${items}</dl></details>
`;
}

/** Published RFCs have an address that lasts; other standards are named. */
function sourceLink(source: ResultReport['sources'][number]): Html {
  const [, number] = /^RFC ([1-9][0-9]{0,4})$/.exec(source.standard) ?? [];
  if (number === undefined) return html`${cited(source)}`;
  const [first = ''] = source.section.split(',');
  const section = /^[0-9A-Z]+(\.[0-9]+)*$/.test(first) ? `#section-${first}` : '';
  return html`<a href="https://www.rfc-editor.org/rfc/rfc${number}${section}">${cited(source)}</a>`;
}

/** What has no need of an explanation, a line each. */
export function resultTable(results: readonly ResultReport[], caption: string): Html {
  if (results.length === 0) return NOTHING;
  const rows = results.map(
    ({ verdict, known, rule, title, message }) =>
      html`<tr><td>${badge(known ? 'known' : verdict)}</td><th scope="row">${sentence(title)}${verdict === 'pass' ? NOTHING : html` <span class="soft">${sentence(message)}</span>`}</th><td class="wide soft mono">${name(rule)}</td></tr>
`,
  );
  return html`<details><summary>${caption}: ${plural(results.length, 'rule')}</summary><table>
<thead><tr><th scope="col">Verdict</th><th scope="col">Wanted</th><th scope="col" class="wide">Rule</th></tr></thead>
<tbody>${rows}</tbody></table></details>
`;
}
