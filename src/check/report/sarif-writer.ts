/** A check as SARIF 2.1.0, for hosts of code: each finding at the line that names the target. */
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { citedTogether, endpointOf, explained, shownFacts } from './explain.ts';
import type { ReportHead, ReportTail, ResultReport, TargetReport } from './report.ts';
import { toldResults, untoldTogether } from './unanswered.ts';
import { visible } from './visible.ts';
import type { ReportWriter } from './writer.ts';

/** Code hosts show no more of one run, and some refuse a file that has more. */
export const MAX_SARIF_RESULTS = 1000;
/** Of what could not be told. */
const MAX_NOTIFICATIONS = 1000;

/** A target that no file names; code hosts refuse a whole report for one result without a place. */
export class TargetWithoutPlaceError extends Error {
  constructor(target: string) {
    super(`SARIF points at the line that names a target, and no file names ${visible(target)}`);
    this.name = 'TargetWithoutPlaceError';
  }
}

/** @throws TargetWithoutPlaceError for the first that is not named in a file */
export function assertPlaces(targets: Iterable<Pick<TargetReport, 'place'> & { readonly text: string }>): void {
  for (const { place, text } of targets) if (place === null) throw new TargetWithoutPlaceError(text);
}

type Finding = 'fail' | 'warn';

interface Run {
  readonly head: ReportHead;
  readonly rules: Map<string, object>;
  /** At most MAX_SARIF_RESULTS of each kind. */
  readonly kept: Record<Finding, object[]>;
  readonly seen: Record<Finding, number>;
  readonly notifications: object[];
  unsaid: number;
}

/**
 * Holds what it will write until the end, at most 1,000 results of each kind: a failure takes the place of a warning.
 *
 * @param folder absolute; places below it are told from there, which is how a code host finds the file
 * @throws TargetWithoutPlaceError of `target`
 */
export function sarifWriter(folder: string): ReportWriter {
  let run: Run | null = null;
  return {
    begin(head) {
      const none = { fail: 0, warn: 0 };
      run = { head, rules: new Map(), kept: { fail: [], warn: [] }, seen: none, notifications: [], unsaid: 0 };
      return '';
    },
    target(target) {
      if (run !== null) addTarget(run, target, folder);
      return '';
    },
    end: (tail) => (run === null ? '' : `${JSON.stringify(logOf(run, tail))}\n`),
  };
}

function addTarget(run: Run, target: TargetReport, folder: string): void {
  const locations = [locationOf(target, folder)];
  if (target.problem !== null) notify(run, { level: 'error', text: troubleOf(target), locations });
  for (const result of toldResults(target)) {
    const { verdict, message } = result;
    if (verdict === 'could-not-tell') {
      notify(run, { level: 'warning', text: `${target.target}: could not tell: ${message}`, locations, rule: result });
    } else if (verdict === 'fail' || verdict === 'warn') {
      const ruleIndex = enterRule(run, result, verdict);
      if (run.seen[verdict]++ >= MAX_SARIF_RESULTS) continue;
      run.kept[verdict].push(resultOf(result, target, ruleIndex, locations));
    }
  }
}

function troubleOf(target: TargetReport): string {
  const { problem, advice } = target;
  const count = untoldTogether(target);
  const untold = count === 0 ? '' : `; ${count} rules could not be told for that reason`;
  return `${target.target}: not finished: ${problem}${untold}.${advice === null ? '' : ` ${advice}.`}`;
}

interface Notice {
  readonly level: 'error' | 'warning' | 'note';
  readonly text: string;
  readonly locations: readonly object[];
  readonly rule?: ResultReport;
}

function notify(run: Run, { level, text, locations, rule }: Notice): void {
  if (run.notifications.length >= MAX_NOTIFICATIONS) {
    run.unsaid++;
    return;
  }
  const associatedRule = rule === undefined ? {} : { associatedRule: { id: rule.rule } };
  run.notifications.push({ level, message: { text: plain(text) }, locations, ...associatedRule });
}

/** Rules are few, and enter the report with the first result of theirs. */
function enterRule({ rules }: Run, result: ResultReport, level: Finding): number {
  const { rule: id, title, why, advice, control } = result;
  if (!rules.has(id)) {
    rules.set(id, {
      id,
      name: id,
      shortDescription: { text: `${title}.` },
      fullDescription: { text: `Wanted: ${title}. Else ${why}.` },
      help: { text: `Wanted: ${title}. Else ${why}. ${advice}.`, markdown: helpMarkdown(result) },
      defaultConfiguration: { level: LEVELS[level] },
      properties: { tags: ['security', control], precision: 'very-high' },
    });
  }
  return [...rules.keys()].indexOf(id);
}

const LEVELS = { fail: 'error', warn: 'warning' } as const;

function helpMarkdown({ title, why, advice, control, remedies, sources }: ResultReport): string {
  const lines = remedies.map(
    ({ software, lines: config }) => `**${software}**\n\n\`\`\`\n${config.join('\n')}\n\`\`\``,
  );
  const about = `Control ${control}; ${citedTogether(sources)}.`;
  return [`Wanted: ${title}.`, `Else ${why}.`, `**What to do:** ${advice}.`, ...lines, about].join('\n\n');
}

function resultOf(result: ResultReport, target: TargetReport, ruleIndex: number, locations: readonly object[]) {
  const { rule, verdict, message, facts, known } = result;
  const shown = shownFacts(facts);
  const evidence = shown.length === 0 ? '' : ` (${shown.join(', ')})`;
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[verdict === 'fail' ? 'fail' : 'warn'],
    kind: 'fail',
    message: { text: plain(`${target.target}: ${message}${evidence}.`) },
    locations,
    partialFingerprints: fingerprintsOf(rule, target),
    ...(known ? { baselineState: 'unchanged' } : {}),
    properties: { target: endpointOf(target), address: target.address ?? '', explanation: explained(result) },
  };
}

/** Text of a stranger in a message, where `[text](address)` would be a link (section 3.11.6). */
function plain(text: string): string {
  return visible(text).replaceAll('](', '] (');
}

/**
 * The same as long as the endpoint breaks the rule, wherever its line moves to. The first of the two names is the one that
 * GitHub compares; it would else be made of the text of the line.
 */
function fingerprintsOf(rule: string, target: TargetReport): Record<string, string> {
  const digest = createHash('sha256')
    .update(`${rule}\n${endpointOf(target)}`)
    .digest('hex')
    .slice(0, 32);
  return { primaryLocationLineHash: `${digest}:1`, 'sallyportTargetRule/v1': digest };
}

function locationOf({ place, target }: TargetReport, folder: string): object {
  if (place === null) throw new TargetWithoutPlaceError(target);
  return {
    physicalLocation: {
      artifactLocation: artifactOf(place.file, folder),
      region: { startLine: Math.max(1, place.line) },
    },
    logicalLocations: [{ name: visible(target), kind: 'resource' }],
  };
}

/** Section 3.4.3 asks for a URI: relative to the folder where it lies below, absolute elsewhere. */
function artifactOf(file: string, folder: string): object {
  const base = pathToFileURL(`${folder}/`).href;
  const { href } = file.startsWith('/') ? pathToFileURL(file) : pathToFileURL(`${folder}/${file}`);
  return href.startsWith(base) ? { uri: href.slice(base.length), uriBaseId: '%SRCROOT%' } : { uri: href };
}

function logOf(run: Run, tail: ReportTail): object {
  const { head, rules, kept, seen } = run;
  const results = [...kept.fail, ...kept.warn].slice(0, MAX_SARIF_RESULTS);
  const all = seen.fail + seen.warn;
  const cut = all - results.length;
  if (cut > 0) {
    const text = `${cut} of ${all} findings are left out, because code hosts take ${MAX_SARIF_RESULTS}; the JSON report has all.`;
    run.notifications.unshift({ level: 'warning', message: { text } });
  }
  for (const { rule, verdict, message, targets } of tail.across) {
    const text = plain(`${rule}: ${message}: ${targets.slice(0, 20).join(', ')}`);
    run.notifications.push({ level: LEVELS[verdict], message: { text } });
  }
  const [name = 'sallyport', version = '0'] = head.made_by.split(' ');
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: `${name} check`, version, semanticVersion: version, rules: [...rules.values()] } },
        automationDetails: { id: `sallyport-check/${head.policy}/` },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: tail.verdict !== 'unfinished',
            startTimeUtc: head.made_at,
            toolExecutionNotifications: run.notifications,
          },
        ],
        results,
        properties: { policy: head.policy, verdict: tail.verdict, cut, unsaid: run.unsaid },
      },
    ],
  };
}
