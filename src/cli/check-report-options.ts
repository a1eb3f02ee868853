/** In what form a check is told, where to, and what of it makes the command fail. */
import { type Command, Option } from 'commander';
import type { CheckListener } from '../check/check-options.ts';
import { type Baseline, baselineOf } from '../check/report/baseline.ts';
import { htmlWriter } from '../check/report/html-writer.ts';
import { junitWriter } from '../check/report/junit-writer.ts';
import type { ReportTail, Verdict } from '../check/report/report.ts';
import { ReportFileError } from '../check/report/report-file-error.ts';
import { assertPlaces, sarifWriter, TargetWithoutPlaceError } from '../check/report/sarif-writer.ts';
import { FAIL_ON, type FailOn, Tally } from '../check/report/tally.ts';
import type { ReportWriter } from '../check/report/writer.ts';
import type { Target } from '../check/target.ts';
import type { CommonOptions } from './actions.ts';
import type { CheckActions, ReportFile } from './check-actions.ts';
import { jsonWriter } from './check-json.ts';
import { terminalWriter } from './check-render.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { printable } from './printable.ts';
import { type CliIo, painter, textWidth } from './terminal.ts';

const FORMATS = ['terminal', 'json', 'junit', 'sarif', 'html'] as const;

type Format = (typeof FORMATS)[number];

/** What the command line says about the report. */
export interface ReportFlags {
  readonly policy: string;
  readonly format?: Format;
  readonly output?: string;
  readonly failOn: FailOn;
  readonly baseline?: string;
}

export function addReportOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'how the report is written').choices(FORMATS))
    .option('--output <file>', 'write the report to a file, once it is whole')
    .addOption(
      new Option('--fail-on <what>', 'what makes the exit code 1, each with those before it')
        .choices(FAIL_ON)
        .default('fail'),
    )
    .option('--baseline <file>', 'an earlier JSON report: what it has already does not count');
}

export interface ReportRequest {
  readonly command: Command;
  readonly actions: Pick<CheckActions, 'readReport' | 'createReport'>;
  readonly io: CliIo;
  readonly options: Pick<CommonOptions, 'json'>;
  readonly flags: ReportFlags;
  readonly targets: readonly Target[];
  /** Before anything is written to the terminal. */
  readonly onWrite: () => void;
}

/**
 * Runs a check and tells it as the command line asks. What is wrong with the request ends the command before anything is
 * opened.
 */
export async function reported(
  request: ReportRequest,
  check: (listener: CheckListener) => Promise<ReportTail>,
): Promise<ExitCode> {
  const { io, flags, onWrite } = request;
  const { writer, baseline, file } = prepared(request);
  const tally = new Tally();
  const write = (text: string) => {
    if (text === '') return;
    if (file !== null) return file.write(text);
    onWrite();
    io.stdout.write(text);
  };
  const release = io.onInterrupt(() => {
    file?.discard();
    onWrite();
    const left = file === null ? 'the report is not whole' : `nothing was written to ${printable(flags.output)}`;
    io.stderr.write(`ended by a signal before the check was done; ${left}\n`);
  });
  try {
    const told = await check({
      onBegin: (head) => write(writer.begin(head)),
      onTarget(target) {
        const marked = baseline?.mark(target) ?? target;
        tally.add(marked);
        write(writer.target(marked));
      },
    });
    const tail = baseline?.markTail(told) ?? told;
    tally.addTail(tail);
    write(writer.end(tail));
    if (file !== null) {
      file.keep();
      onWrite();
      io.stderr.write(`${summary(tail)}; written to ${printable(flags.output)}\n`);
    }
    if (tally.known > 0) io.stderr.write(`${tally.known} known from the baseline, not counted\n`);
    return EXIT_OF[tally.verdict(flags.failOn)];
  } catch (error) {
    file?.discard();
    throw error;
  } finally {
    release();
  }
}

interface Prepared {
  readonly writer: ReportWriter;
  readonly baseline: Baseline | null;
  readonly file: ReportFile | null;
}

function prepared({ command, actions, io, options, flags, targets }: ReportRequest): Prepared {
  const { output, baseline: earlier } = flags;
  if (options.json && flags.format !== undefined && flags.format !== 'json') {
    command.error(`error: --json and --format ${flags.format} exclude each other`);
  }
  const format = flags.format ?? (options.json ? 'json' : 'terminal');
  try {
    if (format === 'sarif') assertPlaces(targets);
    const baseline =
      earlier === undefined ? null : baselineOf(actions.readReport(pathIn(io, earlier)), flags.policy, earlier);
    const file = output === undefined ? null : actions.createReport(pathIn(io, output));
    return { writer: writerOf(format, io, flags), baseline, file };
  } catch (error) {
    if (error instanceof TargetWithoutPlaceError) {
      return command.error(`error: ${error.message}; put the targets into a file, one a line, and name it as @FILE`);
    }
    if (error instanceof ReportFileError) return command.error(`error: ${printable(error.message)}`);
    throw error;
  }
}

const pathIn = ({ cwd }: CliIo, path: string) => (path.startsWith('/') ? path : `${cwd}/${path}`);

function writerOf(format: Format, { stdout, env, cwd }: CliIo, { output, failOn }: ReportFlags): ReportWriter {
  switch (format) {
    case 'json':
      return jsonWriter();
    case 'junit':
      return junitWriter({ warn_fails: failOn === 'warn' || failOn === 'could-not-tell' });
    case 'sarif':
      return sarifWriter(cwd);
    case 'html':
      return htmlWriter();
    case 'terminal': {
      const stream = output === undefined ? stdout : { ...stdout, is_terminal: false };
      return terminalWriter(painter(stream, env), textWidth(stream));
    }
  }
}

function summary({ counts: { good, findings, unfinished } }: ReportTail): string {
  const count = good + findings + unfinished;
  return `${count} ${count === 1 ? 'target' : 'targets'}: ${good} good, ${findings} with failures, ${unfinished} not finished`;
}

const EXIT_OF: Readonly<Record<Verdict, ExitCode>> = {
  good: EXIT.GOOD,
  findings: EXIT.REFUSED,
  unfinished: EXIT.UNFINISHED,
};
