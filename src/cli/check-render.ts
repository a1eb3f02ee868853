/** How a check looks to people: what it comes to, and then what to do. */
import { citedTogether } from '../check/report/explain.ts';
import type { ReportTail, ResultReport, RuleVerdict, TargetReport } from '../check/report/report.ts';
import { isAnswered, toldResults } from '../check/report/unanswered.ts';
import type { ReportWriter } from '../check/report/writer.ts';
import { printable } from './printable.ts';
import { type Paint, type Style, wrap } from './terminal.ts';

const STYLES: Readonly<Record<RuleVerdict, Style>> = {
  pass: 'green',
  fail: 'red',
  warn: 'yellow',
  'not-applicable': 'dim',
  'could-not-tell': 'cyan',
};

const LABELS: Readonly<Record<RuleVerdict, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  warn: 'warn',
  'not-applicable': 'n/a',
  'could-not-tell': '?',
};

const COUNTED: Readonly<Record<RuleVerdict, (count: number) => string>> = {
  fail: (count) => `${count} ${count === 1 ? 'failure' : 'failures'}`,
  warn: (count) => `${count} ${count === 1 ? 'warning' : 'warnings'}`,
  'could-not-tell': (count) => `${count} could not be told`,
  pass: (count) => `${count} passed`,
  'not-applicable': (count) => `${count} not applicable`,
};

/** Text for people, wrapped at so many columns. */
export function terminalWriter(paint: Paint, width: number): ReportWriter {
  let policy = '';
  let separator = '';
  let before: TargetReport | null = null;
  return {
    begin(head) {
      ({ policy } = head);
      return '';
    },
    target(target) {
      const is_same = before !== null && saysTheSame(before, target);
      const shown = printable(target);
      const text = is_same
        ? headLine(shown, policy, paint, width, 'the same')
        : renderTarget(shown, policy, paint, width);
      const whole = `${is_same ? '' : separator}${text}`;
      before = target;
      separator = '\n';
      return whole;
    },
    end: (tail) => `${acrossLines(printable(tail), paint, width)}${overall(tail)}`,
  };
}

/** Another address of a target, of which nothing else is to be told. */
function saysTheSame(one: TargetReport, other: TargetReport): boolean {
  if (one.target !== other.target || one.problem !== other.problem) return false;
  return JSON.stringify([one.results, one.tls]) === JSON.stringify([other.results, other.tls]);
}

/** What only several targets together show. */
function acrossLines({ across }: ReportTail, paint: Paint, width: number): string {
  const lines = across.map(({ rule, control, verdict, message, targets, known }) => {
    const names = targets.slice(0, SHOWN_FACTS).join(', ');
    const more = targets.length > SHOWN_FACTS ? ` and ${targets.length - SHOWN_FACTS} more` : '';
    const text = wrap(`${message} (${rule}): ${names}${more}`, INDENT, width);
    const label = paint(known ? 'dim' : STYLES[verdict], (known ? 'known' : LABELS[verdict]).padEnd(LABEL_COLUMNS));
    return `${label}${paint('dim', control.padEnd(CONTROL_COLUMNS))}${text}\n`;
  });
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

/** One endpoint has said it all already. */
function overall({ counts: { good, findings, unfinished } }: ReportTail): string {
  const count = good + findings + unfinished;
  if (count < 2) return '';
  return `\n${count} targets: ${good} good, ${findings} with failures, ${unfinished} not finished\n`;
}

function renderTarget(target: TargetReport, policy: string, paint: Paint, width: number): string {
  const results = toldResults(target);
  const answered = isAnswered(target);
  const of = (wanted: RuleVerdict) => results.filter(({ verdict, known }) => !known && verdict === wanted);
  const open = [...of('fail'), ...of('warn')];
  const lines = [
    ...open.map((result) => resultLine(result, paint, width)),
    ...untoldLines(of('could-not-tell'), paint, width),
    ...results.filter(({ known }) => known).map((result) => resultLine(result, paint, width)),
  ];
  return [
    headLine(target, policy, paint, width),
    target.results.length === 0 ? '' : `${summaryLine(target.results, paint)}\n`,
    troubleLines(target, paint, width),
    answered ? `\n${versionLines(target, paint, width)}` : '',
    lines.length === 0 ? '' : `\n${lines.join('')}`,
    ...(answered ? [folded('pass', of('pass'), paint, width)] : []),
    ...(answered ? [folded('not-applicable', of('not-applicable'), paint, width)] : []),
    open.map((result) => `\n${details(result, paint, width)}`).join(''),
  ].join('');
}

function troubleLines({ problem, advice }: TargetReport, paint: Paint, width: number): string {
  if (problem === null) return '';
  const what_to_do = advice === null ? '' : `${wrap(`→ ${advice}.`, 2, width)}\n`;
  return `${paint('cyan', wrap(`not finished: ${problem}`, 0, width))}\n${what_to_do}`;
}

function headLine(
  { target, address, connections, elapsed_ms }: TargetReport,
  policy: string,
  paint: Paint,
  width: number,
  note: string | null = null,
): string {
  const cost = `${connections} ${connections === 1 ? 'connection' : 'connections'}, ${(elapsed_ms / 1000).toFixed(2)} s`;
  const about = [address ?? 'no address', note ?? `by ${policy}`, cost].join(', ');
  const separator = target.length + 2 + about.length > width ? '\n  ' : '  ';
  return `${paint('bold', target)}${separator}${paint('dim', wrap(about, 2, width))}\n`;
}

function summaryLine(results: readonly ResultReport[], paint: Paint): string {
  const parts = (Object.keys(COUNTED) as RuleVerdict[]).flatMap((verdict) => {
    const count = results.filter((result) => !result.known && result.verdict === verdict).length;
    return count === 0 ? [] : [paint(STYLES[verdict], COUNTED[verdict](count))];
  });
  const known = results.filter((result) => result.known).length;
  return [...parts, ...(known === 0 ? [] : [paint('dim', `${known} known from the baseline`)])].join(', ');
}

const VERSION_COLUMNS = 9;

function versionLines({ tls }: TargetReport, paint: Paint, width: number): string {
  const lines = (tls?.versions ?? []).map(({ name, acceptance, reason, cipher_suites, order, groups }) => {
    const title = name.padEnd(VERSION_COLUMNS);
    if (acceptance !== 'accepted') return paint('dim', `${title}${acceptance}${reason === null ? '' : ` (${reason})`}`);
    const least = cipher_suites.complete ? '' : 'at least ';
    const suites = `${least}${cipher_suites.names.length} cipher ${cipher_suites.names.length === 1 ? 'suite' : 'suites'}`;
    const who = order === 'server' || order === 'client' ? `, the ${order} chooses` : '';
    const with_groups = groups.names.length === 0 ? '' : `; ${groups.names.join(', ')}`;
    return `${title}${wrap(`${suites}${who}${with_groups}`, VERSION_COLUMNS, width)}`;
  });
  return lines.map((line) => `${line}\n`).join('');
}

const LABEL_COLUMNS = 6;
const CONTROL_COLUMNS = 7;
const INDENT = LABEL_COLUMNS + CONTROL_COLUMNS;

function resultLine({ verdict, control, title, message, known }: ResultReport, paint: Paint, width: number): string {
  const label = paint(known ? 'dim' : STYLES[verdict], (known ? 'known' : LABELS[verdict]).padEnd(LABEL_COLUMNS));
  const text = verdict === 'could-not-tell' ? `${title}: ${message}` : message;
  const shown = wrap(text, INDENT, width);
  return `${label}${paint('dim', control.padEnd(CONTROL_COLUMNS))}${shown}\n`;
}

/** Rules that could not tell for the same reason are one line, by the names that docs/check-rules.md explains. */
function untoldLines(results: readonly ResultReport[], paint: Paint, width: number): string[] {
  const reasons = [...new Set(results.map(({ message }) => message))];
  return reasons.map((reason) => {
    const same = results.filter(({ message }) => message === reason);
    if (same.length === 1) return resultLine(same[0]!, paint, width);
    const label = paint(STYLES['could-not-tell'], LABELS['could-not-tell'].padEnd(INDENT));
    return `${label}${wrap(`${reason}: ${same.map(nameOf).join(', ')}`, INDENT, width)}\n`;
  });
}

const nameOf = ({ rule }: ResultReport) => rule.replace(/^tls\//, '');

/** Rules of which there is nothing to tell but that: a line for each control, by the names that docs/check-rules.md explains. */
function folded(verdict: RuleVerdict, results: readonly ResultReport[], paint: Paint, width: number): string {
  const controls = [...new Set(results.map(({ control }) => control))].sort();
  const lines = controls.map((control, index) => {
    const rules = results.filter((result) => result.control === control).map(nameOf);
    const label = paint(STYLES[verdict], (index === 0 ? LABELS[verdict] : '').padEnd(LABEL_COLUMNS));
    return `${label}${paint('dim', control.padEnd(CONTROL_COLUMNS))}${wrap(rules.join(', '), INDENT, width)}\n`;
  });
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

/** Facts that people are shown; `--json` has all. */
const SHOWN_FACTS = 6;
const SOFTWARE_COLUMNS = 11;

function details(
  { rule, verdict, title, why, advice, facts, sources, remedies }: ResultReport,
  paint: Paint,
  width: number,
) {
  const shown = facts.slice(0, SHOWN_FACTS).map((fact) => `    ${wrap(fact, 6, width)}\n`);
  const more = facts.length > SHOWN_FACTS ? `    and ${facts.length - SHOWN_FACTS} more (--json)\n` : '';
  const head = `${paint(STYLES[verdict], LABELS[verdict])} ${paint('bold', rule)}`;
  const lines = remedies.flatMap(({ software, lines: config }) =>
    config.map((line, index) => `    ${(index === 0 ? software : '').padEnd(SOFTWARE_COLUMNS)}${line}\n`),
  );
  return [
    `${head}\n`,
    `  ${wrap(`Wanted: ${title}.`, 2, width)}\n`,
    ...shown,
    more,
    `  ${wrap(`Else ${why}.`, 2, width)}\n`,
    `  ${wrap(`→ ${advice}.`, 4, width)}\n`,
    ...lines,
    `  ${paint('dim', wrap(`See ${citedTogether(sources)}.`, 2, width))}\n`,
  ].join('');
}
