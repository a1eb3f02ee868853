/**
 * Reporter for `node --test`: one line a file, what a test has measured, every failure in full at the end.
 * The built-in ones print either a line for each of thousands of tests or only dots.
 */
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { membersOf } from './test-groups.cjs';

interface FileTally {
  passed: number;
  failed: number;
  skipped: number;
  duration_ms: number;
}

interface TestData {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  /** How many suites it stands in. */
  readonly nesting: number;
  readonly details: { readonly type?: string; readonly duration_ms: number; readonly error?: unknown };
}

const isColoured = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
const red = (text: string) => (isColoured ? `\u001b[31m${text}\u001b[39m` : text);
const green = (text: string) => (isColoured ? `\u001b[32m${text}\u001b[39m` : text);
const seconds = (duration_ms: number) => `${(duration_ms / 1000).toFixed(1)} s`;
const place = (file: string | undefined) => relative(process.cwd(), file ?? '(no file)');

function describeError(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return String(cause);
}

function describeFailure(data: TestData): string {
  const text = describeError(data.details.error)
    .split('\n')
    .filter((line) => !line.includes('node:internal/'))
    .map((line) => `    ${line}`)
    .join('\n');
  return `${red('✗')} ${place(data.file)}:${data.line ?? 1}  ${data.name}\n${text}\n`;
}

/** A suite's failure, or a file's, only repeats the one inside it. */
function isOwnFailure(data: TestData): boolean {
  const code = (data.details.error as { failureType?: string } | undefined)?.failureType;
  return code !== 'subtestsFailed';
}

function isWhole(data: TestData): boolean {
  return data.details.type === 'suite' || data.name === data.file;
}

function fileLine(file: string, { passed, failed, skipped, duration_ms }: FileTally): string {
  const counts = [
    `${passed}`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return `${failed > 0 ? red('✗') : green('✓')} ${place(file)}  ${counts.join(', ')}  ${seconds(duration_ms)}\n`;
}

function summary(tallies: ReadonlyMap<string, FileTally>, skips: readonly string[], started_ms: number): string {
  const sum = (pick: (tally: FileTally) => number) =>
    [...tallies.values()].reduce((total, tally) => total + pick(tally), 0);
  const failed = sum((tally) => tally.failed);
  const counts = `${sum((tally) => tally.passed)} passed, ${failed} failed, ${sum((tally) => tally.skipped)} skipped`;
  const skipped = skips.map((skip) => `  skipped: ${skip}\n`).join('');
  const line = `${counts} in ${tallies.size} files, ${seconds(Date.now() - started_ms)}`;
  return `\n${skipped}${failed > 0 ? red(line) : green(line)}\n`;
}

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const started_ms = Date.now();
  const tallies = new Map<string, FileTally>();
  const failures: string[] = [];
  const skips: string[] = [];
  const tally = (file: string | undefined): FileTally => {
    const name = file ?? '(no file)';
    const found = tallies.get(name) ?? { passed: 0, failed: 0, skipped: 0, duration_ms: 0 };
    tallies.set(name, found);
    return found;
  };

  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const data = event.data as unknown as TestData;
      const own = tally(data.file);
      if (data.nesting === 0 && data.name !== data.file) own.duration_ms += data.details.duration_ms;
      if (event.type === 'test:fail' && isOwnFailure(data)) {
        own.failed += 1;
        failures.push(describeFailure(data));
      } else if (data.skip !== undefined && data.skip !== false) {
        // A suite that is skipped as a whole counts once.
        own.skipped += 1;
        skips.push(`${place(data.file)}  ${data.name}${typeof data.skip === 'string' ? ` (${data.skip})` : ''}`);
      } else if (!isWhole(data) && event.type === 'test:pass') {
        own.passed += 1;
      }
    } else if (event.type === 'test:summary' && event.data.file !== undefined) {
      const members = membersOf(event.data.file);
      if (members.length === 1) tally(event.data.file).duration_ms = event.data.duration_ms;
      for (const file of members) yield fileLine(file, tally(file));
    } else if (event.type === 'test:diagnostic' && event.data.file !== undefined) {
      // What a test measured, such as a score; the counts of node itself name no file.
      yield `${event.data.message}\n`;
    } else if (event.type === 'test:stderr') {
      yield event.data.message;
    }
  }
  if (failures.length > 0) yield `\n${failures.join('\n')}`;
  yield summary(tallies, skips, started_ms);
}
