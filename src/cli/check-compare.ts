/** `sallyport check compare`: two reports, and what became of the endpoints between them. */
import type { Command } from 'commander';
import { type Comparison, compareReports, type Moved } from '../check/report/compare.ts';
import type { Changed } from '../check/report/compare-evidence.ts';
import { ReportFileError } from '../check/report/report-file-error.ts';
import type { CommandContext } from './commands.ts';
import { EXIT } from './exit-codes.ts';
import { json } from './json.ts';
import { printable } from './printable.ts';
import { type Paint, painter, type Style, textWidth, wrap } from './terminal.ts';

export function addCompare({ program, actions, io, handle }: CommandContext, check: Command): void {
  const command = check.command('compare');
  command
    .configureHelp({ ...command.configureHelp(), visibleGlobalOptions: () => [...program.options] })
    .description('say what became better and worse between two JSON reports')
    .argument('<before>', 'the earlier report')
    .argument('<after>', 'the later report')
    .addHelpText('after', '\nThe exit code is 1 where something became worse, else 0.')
    .action(
      handle((options, before: string, after: string) => {
        refuseOptionsOf(check, command);
        const read = (path: string) => actions.readReport(path.startsWith('/') ? path : `${io.cwd}/${path}`);
        try {
          const comparison = compareReports(read(before), read(after));
          const paint = painter(io.stdout, io.env);
          io.stdout.write(options.json ? json(comparison) : render(printable(comparison), paint, textWidth(io.stdout)));
          return comparison.worse.length > 0 ? EXIT.REFUSED : EXIT.GOOD;
        } catch (error) {
          if (error instanceof ReportFileError) return command.error(`error: ${printable(error.message)}`);
          throw error;
        }
      }),
    );
}

/** Options that stand behind a part are read by the command above it, where they would mean nothing and say nothing. */
function refuseOptionsOf(check: Command, command: Command): void {
  const given = check.options.find((option) => check.getOptionValueSource(option.attributeName()) === 'cli');
  if (given !== undefined) command.error(`error: ${given.long} is no option of check compare`);
}

function render(comparison: Comparison, paint: Paint, width: number): string {
  const { worse, better, other, silenced, answering, evidence, added, removed } = comparison;
  const moved = (one: Moved) => movedLines(one, width);
  const names = (targets: readonly string[]) => targets.map((target) => `  ${target}\n`);
  const blocks = [
    block('worse', 'red', worse.map(moved), paint),
    block('better', 'green', better.map(moved), paint),
    block('judged otherwise', 'cyan', other.map(moved), paint),
    block(
      'no longer answering',
      'cyan',
      silenced.map(({ target, problem }) => `  ${target}  ${problem ?? 'no version was answered'}\n`),
      paint,
    ),
    block('answering now', 'bold', names(answering), paint),
    block(
      'changed in what was found',
      'bold',
      evidence.map((one) => changedLines(one, width)),
      paint,
    ),
    block('new targets', 'bold', names(added), paint),
    block('targets that are gone', 'bold', names(removed), paint),
  ].filter((text) => text !== '');
  return blocks.length === 0 ? 'nothing changed\n' : blocks.join('\n');
}

function block(title: string, style: Style, lines: readonly string[], paint: Paint): string {
  return lines.length === 0 ? '' : `${paint(style, `${lines.length} ${title}`)}\n${lines.join('')}`;
}

/** What people are shown of a list; `--json` has all. */
const SHOWN = 8;

function movedLines({ target, rule, before, after, message, facts }: Moved, width: number): string {
  const head = `${target}  ${rule}: ${before ?? 'not judged'} → ${after ?? 'not judged'}`;
  return `  ${wrap(head, 4, width)}\n    ${wrap(message, 4, width)}\n${listed(facts, ' ', width)}`;
}

function changedLines({ target, what, added, removed }: Changed, width: number): string {
  return `  ${target}  ${what}\n${listed(added, '+', width)}${listed(removed, '-', width)}`;
}

function listed(values: readonly string[], mark: string, width: number): string {
  const lines = values.slice(0, SHOWN).map((value) => `    ${mark} ${wrap(value, 6, width)}\n`);
  const more = values.length > SHOWN ? `    ${mark} and ${values.length - SHOWN} more (--json)\n` : '';
  return lines.join('') + more;
}
