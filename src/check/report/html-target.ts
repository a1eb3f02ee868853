/** One target: what is wrong first, then what is right, then all that was seen. */
import { evidenceOf } from './html-evidence.ts';
import { finding, resultTable } from './html-findings.ts';
import { badge, type Html, html, NOTHING, name, plural, sentence } from './html-parts.ts';
import type { ResultReport, RuleVerdict, TargetReport } from './report.ts';
import { isAnswered, toldResults, untoldTogether } from './unanswered.ts';

/** How much of a target there is room for. */
export type Detail = 'all' | 'findings';

export function targetSection(target: TargetReport, number: number, detail: Detail): Html {
  const { tls, verdict } = target;
  const results = toldResults(target);
  const of = (...verdicts: readonly RuleVerdict[]) => results.filter((one) => verdicts.includes(one.verdict));
  const open = of('fail', 'warn').toSorted(byWeight);
  const untold = of('could-not-tell');
  return html`<section id="t${number}">
<div class="title"><h2>${name(target.target)}</h2>${badge(verdict)}</div>
<p class="soft">${aboutTarget(target)}</p>
${trouble(target)}${open.length > 0 ? html`<h3>${open.some((one) => one.verdict === 'fail') ? 'What is wrong' : 'What to look at'}</h3>${open.map(finding)}` : NOTHING}
${detail === 'findings' ? left(results) : html`${resultTable(untold, 'Could not be told')}${resultTable(of('pass'), 'Passed')}${resultTable(of('not-applicable'), 'Not applicable')}${tls === null || !isAnswered(target) ? NOTHING : evidenceOf(tls)}`}</section>
`;
}

function trouble(target: TargetReport): Html {
  const { problem, advice, verdict } = target;
  if (problem === null) return NOTHING;
  const count = untoldTogether(target);
  const untold = count === 0 ? '' : `${plural(count, 'rule')} could not be told for that reason.`;
  // The heading has the badge already where nothing fails.
  const mark = verdict === 'unfinished' ? NOTHING : html`${badge('unfinished')} `;
  return html`<p>${mark}${sentence(problem)} ${untold}</p>
${
  advice === null
    ? NOTHING
    : html`<p>${sentence(advice)}</p>
`
}`;
}

/** What is new before what is known, failures before warnings. */
function byWeight(one: ResultReport, other: ResultReport): number {
  const weight = ({ known, verdict }: ResultReport) => (known ? 2 : 0) + (verdict === 'warn' ? 1 : 0);
  return weight(one) - weight(other);
}

function aboutTarget({ address, addresses, port, connections, elapsed_ms, place }: TargetReport): Html {
  const where = address === null ? 'No address' : `${address}, port ${port}`;
  const others = addresses > 1 ? `, one of ${addresses} addresses` : '';
  const named = place === null ? NOTHING : html`; named in ${name(place.file)}, line ${place.line}`;
  const cost = `${plural(connections, 'connection')} in ${(elapsed_ms / 1000).toFixed(2)} s`;
  return html`${name(where)}${others}; ${cost}${named}`;
}

function left(results: readonly ResultReport[]): Html {
  const count = results.filter(({ verdict }) => verdict !== 'fail' && verdict !== 'warn').length;
  return html`<p class="soft">${plural(count, 'more result')} and all that was found: in the JSON report. This page is full.</p>
`;
}
