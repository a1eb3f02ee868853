/**
 * A check as a JUnit report, for what shows tests: a suite for each target, a case for each rule. There is no standard;
 * it keeps to what the schema of Jenkins' xUnit plugin and GitLab both read.
 */
import { endpointOf, explained } from './explain.ts';
import type { ReportHead, ReportTail, ResultReport, TargetReport } from './report.ts';
import { toldResults } from './unanswered.ts';
import type { ReportWriter } from './writer.ts';
import { attributes, element, escaped } from './xml.ts';

export interface JunitOptions {
  /** A warning is a failure, instead of a case that passed and has something to say. */
  readonly warn_fails: boolean;
}

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  readonly outcome: Outcome;
  readonly xml: string;
}

/** Holds one suite at a time. */
export function junitWriter(options: JunitOptions): ReportWriter {
  let begun: ReportHead | null = null;
  return {
    begin(head) {
      begun = head;
      const name = `sallyport check by ${head.policy}`;
      return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes({ name })}>\n`;
    },
    target: (target) => targetSuite(target, begun, options),
    end: (tail) => `${acrossSuite(tail, begun, options)}</testsuites>\n`,
  };
}

function targetSuite(target: TargetReport, head: ReportHead | null, options: JunitOptions): string {
  const { results, problem, advice, elapsed_ms } = target;
  const classname = `tls.${endpointOf(target)}`;
  const told = new Set(toldResults(target));
  const cases = results.map((result) =>
    told.has(result) ? caseOf(result, classname, options) : untoldCase(result, classname, problem),
  );
  if (problem !== null) cases.push(errorCase(classname, `the check did not finish: ${problem}`, advice));
  return suite(target.target, cases, elapsed_ms, head);
}

function suite(name: string, cases: readonly Case[], elapsed_ms: number, head: ReportHead | null): string {
  const counted = (outcome: Outcome) => cases.filter((one) => one.outcome === outcome).length;
  const about = {
    name,
    tests: cases.length,
    failures: counted('failure'),
    errors: counted('error'),
    skipped: counted('skipped'),
    time: (elapsed_ms / 1000).toFixed(3),
    // Without a zone, as those who read it expect; it is UTC.
    timestamp: (head?.made_at ?? '').slice(0, 19),
  };
  return `  <testsuite${attributes(about)}>\n${cases.map(({ xml }) => `    ${xml}\n`).join('')}  </testsuite>\n`;
}

function caseOf(result: ResultReport, classname: string, { warn_fails }: JunitOptions): Case {
  const { verdict, message, rule, known } = result;
  const made = (outcome: Outcome, content: string): Case => ({
    outcome,
    xml: element('testcase', { classname, name: rule, time: 0 }, content),
  });
  const text = () => escaped(explained(result));
  if (known) return made('skipped', element('skipped', { message: `known from the baseline: ${message}` }));
  switch (verdict) {
    case 'pass':
      return made('passed', '');
    case 'not-applicable':
      return made('skipped', element('skipped', { message: `not applicable: ${message}` }));
    case 'could-not-tell':
      return made('error', element('error', { message, type: 'could-not-tell' }, text()));
    case 'fail':
      return made('failure', element('failure', { message, type: verdict }, text()));
    case 'warn':
      return warn_fails
        ? made('failure', element('failure', { message, type: verdict }, text()))
        : made('passed', element('system-out', {}, `warning: ${text()}`));
  }
}

/** One error tells of the target, and not one more for each rule. */
function untoldCase({ rule }: ResultReport, classname: string, problem: string | null): Case {
  const skipped = element('skipped', { message: `could not be told: ${problem}` });
  return { outcome: 'skipped', xml: element('testcase', { classname, name: rule, time: 0 }, skipped) };
}

function errorCase(classname: string, message: string, advice: string | null): Case {
  const text = advice === null ? '' : escaped(`What to do: ${advice}.`);
  const error = element('error', { message, type: 'not-finished' }, text);
  return { outcome: 'error', xml: element('testcase', { classname, name: 'finished', time: 0 }, error) };
}

function acrossSuite({ across }: ReportTail, head: ReportHead | null, { warn_fails }: JunitOptions): string {
  if (across.length === 0) return '';
  const cases = across.map(({ rule, verdict, message, targets, known }): Case => {
    const failed = !known && (verdict === 'fail' || warn_fails);
    const text = escaped(`${message}: ${targets.join(', ')}`);
    const failure = element('failure', { message, type: verdict }, text);
    const content = known
      ? element('skipped', { message: `known from the baseline: ${message}` })
      : failed
        ? failure
        : element('system-out', {}, text);
    const outcome = known ? 'skipped' : failed ? 'failure' : 'passed';
    return { outcome, xml: element('testcase', { classname: 'tls.across', name: rule, time: 0 }, content) };
  });
  return suite('all targets', cases, 0, head);
}
