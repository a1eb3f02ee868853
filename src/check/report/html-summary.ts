/** What a manager reads: one sentence, a few numbers, by what and when. */
import { type Html, html, NOTHING, name, plural } from './html-parts.ts';
import type { ReportHead, ReportTail, RuleVerdict } from './report.ts';

/** Results by verdict; those that a baseline had are counted as known alone. */
export type Totals = Record<RuleVerdict | 'known', number>;

/**
 * The beginning of the page.
 *
 * @param only the target, where there is but one
 */
export function summaryOf(head: ReportHead, tail: ReportTail, totals: Totals, only: string | null) {
  const title = titleOf(tail, totals, only);
  const made_at = `${head.made_at.slice(0, 16).replace('T', ' ')} UTC`;
  const content: Html = html`<p class="over">TLS, checked from outside</p>
<h1>${name(title)}</h1>
<p class="lead">${leadOf(totals, tail)}</p>
<dl class="about"><div><dt>Policy</dt><dd>${head.policy}</dd></div><div><dt>Checked</dt><dd>${made_at}</dd></div><div><dt>By</dt><dd>${head.made_by}</dd></div></dl>
${only === null ? targetCounts(tail) : NOTHING}${ruleCounts(totals)}`;
  return { title, content };
}

function titleOf(
  { counts: { good, findings, unfinished } }: ReportTail,
  { pass }: Totals,
  only: string | null,
): string {
  const all = good + findings + unfinished;
  if (all === 0) return 'No target was checked';
  if (only !== null) {
    if (findings > 0) return `${only} has failures`;
    if (unfinished === 0) return `${only} is good`;
    return `${only} could not be judged${pass > 0 ? ' in full' : ''}`;
  }
  if (findings > 0) return `${findings} of ${all} targets ${findings === 1 ? 'has' : 'have'} failures`;
  if (unfinished > 0) return `${unfinished} of ${all} targets could not be judged in full`;
  return `All ${all} targets are good`;
}

function leadOf(totals: Totals, { across, counts }: ReportTail): string {
  const fails = totals.fail + across.filter(({ verdict, known }) => verdict === 'fail' && !known).length;
  const warns = totals.warn + across.filter(({ verdict, known }) => verdict === 'warn' && !known).length;
  const none = totals.known === 0 ? 'Nothing' : 'Nothing new';
  const known = totals.known === 0 ? '' : ` ${plural(totals.known, 'result')} stood in the baseline already.`;
  const untold =
    totals['could-not-tell'] === 0 ? '' : ` ${plural(totals['could-not-tell'], 'question')} could not be answered.`;
  if (fails > 0) {
    const lesser = warns > 0 ? `, and ${plural(warns, 'warning')} to look at` : '';
    return `There ${fails === 1 ? 'is 1 failure' : `are ${fails} failures`} to mend${lesser}.${untold}${known}`;
  }
  if (warns > 0) return `${none} fails. ${plural(warns, 'warning')} to look at.${untold}${known}`;
  if (totals.pass === 0 && counts.unfinished > 0) return `Nothing could be judged.${known}`;
  return `${none} that was judged is wrong.${untold}${known}`;
}

function count(kind: string, number: number, text: string): Html {
  return html`<li class="${number > 0 ? kind : 'none'}"><b>${number}</b> ${text}</li>`;
}

function targetCounts({ counts: { good, findings, unfinished } }: ReportTail): Html {
  const items = [
    count('fail', findings, 'with failures'),
    count('open', unfinished, 'not finished'),
    count('pass', good, 'good'),
  ];
  return html`<div class="group"><p id="by-target">Targets</p><ul class="counts" aria-labelledby="by-target">${items}</ul></div>
`;
}

function ruleCounts(totals: Totals): Html {
  const items = [
    count('fail', totals.fail, totals.fail === 1 ? 'failure' : 'failures'),
    count('warn', totals.warn, totals.warn === 1 ? 'warning' : 'warnings'),
    count('open', totals['could-not-tell'], 'could not be told'),
    count('pass', totals.pass, 'passed'),
    count('none', totals['not-applicable'], 'not applicable'),
    ...(totals.known > 0 ? [count('none', totals.known, 'known before')] : []),
  ];
  return html`<div class="group"><p id="by-rule">Results</p><ul class="counts" aria-labelledby="by-rule">${items}</ul></div>
`;
}
