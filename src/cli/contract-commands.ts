/** The commands about contracts: what they let through, who has looked at it, what of it is used. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './commands.ts';
import type { LintSeverity, LintView, OperationUsageView } from './contract-actions.ts';
import { renderAccepted, renderStatus } from './contract-render.ts';
import { renderDiff } from './diff-render.ts';
import { EXIT } from './exit-codes.ts';
import { json } from './json.ts';
import { renderLint } from './lint-render.ts';
import { printable } from './printable.ts';
import { painter } from './terminal.ts';
import { renderUsage } from './usage-render.ts';

export function addContractCommands(context: CommandContext): void {
  const contract = context.program.command('contract').description('review what contracts let through');
  addLint(context, contract);
  addDiff(context, contract);
  addAccept(context, contract);
  addStatus(context, contract);
  addUsage(context, contract);
}

/** Findings of each rule that people are shown unless they ask for more. */
const SHOWN_FINDINGS = 5;
/** The gravest first. */
const SEVERITIES: readonly LintSeverity[] = ['danger', 'loose', 'hint'];

function addLint({ actions, io, handle }: CommandContext, contract: Command): void {
  contract
    .command('lint')
    .description('judge OpenAPI documents: what is open, unbounded, undeclared or leaks')
    .argument('[target]', 'a file, or the name of an API; by default every API of the configuration')
    .option('--rule <ids...>', 'only these rules')
    .option('--max <number>', `findings shown of each rule; by default ${SHOWN_FINDINGS}, with --json all`, countNumber)
    .addOption(
      new Option('--fail-on <severity>', 'the least finding that gives exit code 1')
        .choices(SEVERITIES)
        .default('hint'),
    )
    .option('--overlay <file>', 'write an OpenAPI Overlay that mends what can be mended without asking')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  sallyport contract lint partner-api.json\n' +
        '  sallyport contract lint orders --rule string-length array-length --max 20\n' +
        '  sallyport contract lint orders --overlay contracts/orders.overlay.yaml\n\n' +
        'A target with a dot or a slash is a file. The exit code is 1 when something is found; see --fail-on.',
    )
    .action(
      handle(async (options, target: string | undefined, flags: LintFlags) => {
        const view = await actions.contractLint({
          ...options,
          target: target ?? null,
          rules: flags.rule ?? [],
          max: flags.max ?? (options.json ? null : SHOWN_FINDINGS),
          overlay: flags.overlay ?? null,
        });
        io.stdout.write(options.json ? json(view) : renderLint(printable(view), painter(io.stdout, io.env)));
        return hasFindings(view, flags.failOn) ? EXIT.REFUSED : EXIT.GOOD;
      }),
    );
}

interface LintFlags {
  readonly rule?: string[];
  readonly max?: number;
  readonly overlay?: string;
  readonly failOn: LintSeverity;
}

function hasFindings({ contracts }: LintView, least: LintSeverity): boolean {
  const grave = SEVERITIES.slice(0, SEVERITIES.indexOf(least) + 1);
  return contracts.some(({ rules }) => rules.some(({ severity, found }) => found > 0 && grave.includes(severity)));
}

function countNumber(text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new InvalidArgumentError('A count is a number from 1 to 999999.');
  return Number(text);
}

function addDiff({ actions, io, handle }: CommandContext, contract: Command): void {
  contract
    .command('diff')
    .description('say what became possible, and what impossible, between two versions')
    .argument('<old>', 'a file, or the name of an API')
    .argument('<new>', 'a file, or the name of an API')
    .option('--all', 'every change and every operation it reaches')
    .addHelpText(
      'after',
      '\nExample:\n  sallyport contract diff orders-1.4.yaml orders\n\nThe exit code is 1 when something became possible.',
    )
    .action(
      handle(async (options, before: string, after: string, { all }: { all?: boolean }) => {
        const view = await actions.contractDiff({ ...options, before, after });
        const text = () => renderDiff(printable(view), all ?? false, painter(io.stdout, io.env));
        io.stdout.write(options.json ? json(view) : text());
        return view.changes.some(({ effect }) => effect === 'possible') ? EXIT.REFUSED : EXIT.GOOD;
      }),
    );
}

function addAccept({ actions, io, handle }: CommandContext, contract: Command): void {
  contract
    .command('accept')
    .description('enter operations as reviewed, in the file beside the contract')
    .argument('<api>', 'the name of an API')
    .requiredOption('--reviewer <name>', 'who has looked at them')
    .option('--date <day>', 'when, such as 2026-11-22; by default today')
    .option('--note <text>', 'what they should know who look next')
    .option('--operation <ids...>', 'only these; by default all that are not reviewed as they are')
    .addHelpText(
      'after',
      '\nExample:\n  sallyport contract accept orders --reviewer "Ada Lovelace" --operation createOrder cancelOrder',
    )
    .action(
      handle(
        async (
          options,
          api: string,
          flags: { reviewer: string; date?: string; note?: string; operation?: string[] },
        ) => {
          const { reviewer, date = null, note = null, operation: operations = [] } = flags;
          const view = await actions.contractAccept({ ...options, api, reviewer, date, note, operations });
          io.stdout.write(options.json ? json(view) : renderAccepted(printable(view), painter(io.stdout, io.env)));
          return EXIT.GOOD;
        },
      ),
    );
}

function addStatus({ actions, io, handle }: CommandContext, contract: Command): void {
  contract
    .command('status')
    .description('say which operations are reviewed as they are')
    .argument('[api]', 'the name of an API; by default every API')
    .addHelpText('after', '\nThe exit code is 1 when an operation is not reviewed, or is other than it was then.')
    .action(
      handle(async (options, api: string | undefined) => {
        const apis = await actions.contractStatus({ ...options, api: api ?? null });
        const ok = apis.every(({ operations }) => operations.every(({ state }) => state === 'reviewed'));
        io.stdout.write(options.json ? json({ ok, apis }) : renderStatus(printable(apis), painter(io.stdout, io.env)));
        return ok ? EXIT.GOOD : EXIT.REFUSED;
      }),
    );
}

function addUsage({ actions, io, handle }: CommandContext, contract: Command): void {
  contract
    .command('usage')
    .description('say which operations and fields callers use')
    .argument('[api]', 'the name of an API; by default every API')
    .option('--unused', 'only what nobody used')
    .addHelpText('after', '\nThe exit code is 0; with --unused 1 when there is something that nobody used.')
    .action(
      handle(async (options, api: string | undefined, { unused = false }: { unused?: boolean }) => {
        const apis = await actions.contractUsage({ ...options, api: api ?? null });
        io.stdout.write(
          options.json ? json({ apis }) : renderUsage(printable(apis), unused, painter(io.stdout, io.env)),
        );
        return unused && apis.some(({ operations }) => operations.some(isUnused)) ? EXIT.REFUSED : EXIT.GOOD;
      }),
    );
}

function isUnused({ exchanges, parts }: OperationUsageView): boolean {
  return exchanges === 0 || parts.some(({ unused }) => unused.length > 0);
}
