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
  const title = titleOf(tail, only);
  const made_at = `${head.made_at.slice(0, 16).replace('T', ' ')} UTC`;
  const content: Html = html`<p class="over">TLS, checked from outside</p>
<h1>${name(title)}</h1>
<p class="lead">${leadOf(totals, tail)}</p>
<dl class="about"><div><dt>Policy</dt><dd>${head.policy}</dd></div><div><dt>Checked</dt><dd>${made_at}</dd></div><div><dt>By</dt><dd>${head.made_by}</dd></div></dl>
<ul class="counts">${counts(tail, totals, only)}</ul>
`;
  return { title, content };
}

function titleOf({ counts: { good, findings, unfinished } }: ReportTail, only: string | null): string {
  const all = good + findings + unfinished;
  if (all === 0) return 'No target was checked';
  if (only !== null) {
    if (findings > 0) return `${only} has failures`;
    return unfinished > 0 ? `${only} could not be judged in full` : `${only} is good`;
  }
  if (findings > 0) return `${findings} of ${all} targets ${findings === 1 ? 'has' : 'have'} failures`;
  if (unfinished > 0) return `${unfinished} of ${all} targets could not be judged in full`;
  return `All ${all} targets are good`;
}

function leadOf(totals: Totals, { across }: ReportTail): string {
  const fails = totals.fail + across.filter(({ verdict, known }) => verdict === 'fail' && !known).length;
  const warns = totals.warn + across.filter(({ verdict, known }) => verdict === 'warn' && !known).length;
  const known = totals.known === 0 ? '' : ` ${plural(totals.known, 'result')} stood in the baseline already.`;
  const untold =
    totals['could-not-tell'] === 0 ? '' : ` ${plural(totals['could-not-tell'], 'question')} could not be answered.`;
  if (fails > 0) {
    const lesser = warns > 0 ? `, and ${plural(warns, 'warning')} to look at` : '';
    return `There ${fails === 1 ? 'is 1 failure' : `are ${fails} failures`} to mend${lesser}.${untold}${known}`;
  }
  if (warns > 0) return `Nothing fails. ${plural(warns, 'warning')} to look at.${untold}${known}`;
  return `Nothing that was judged is wrong.${untold}${known}`;
}

function counts({ counts: by_target }: ReportTail, totals: Totals, only: string | null): Html[] {
  const item = (kind: string, count: number, text: string) =>
    html`<li class="${count > 0 ? kind : 'none'}"><b>${count}</b> ${text}</li>`;
  const targets =
    only === null
      ? [
          item('fail', by_target.findings, 'targets with failures'),
          item('open', by_target.unfinished, 'targets not finished'),
          item('pass', by_target.good, 'targets good'),
        ]
      : [];
  return [
    ...targets,
    item('fail', totals.fail, totals.fail === 1 ? 'failure' : 'failures'),
    item('warn', totals.warn, totals.warn === 1 ? 'warning' : 'warnings'),
    item('open', totals['could-not-tell'], 'could not be told'),
    item('pass', totals.pass, 'passed'),
    item('none', totals['not-applicable'], 'not applicable'),
    totals.known > 0 ? item('none', totals.known, 'known from the baseline') : NOTHING,
  ];
}
