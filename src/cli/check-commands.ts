/** The commands that look at endpoints from outside. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CheckOptions } from '../check/check-options.ts';
import { mistypedPart } from '../check/parts.ts';
import { DEFAULT_POLICY, POLICIES } from '../check/policies/index.ts';
import type { Target } from '../check/target.ts';
import { addCompare } from './check-compare.ts';
import { addReportOptions, type ReportFlags, reported } from './check-report-options.ts';
import type { CommandContext } from './commands.ts';
import { printable } from './printable.ts';
import type { CliIo } from './terminal.ts';

export function addCheckCommands(context: CommandContext): void {
  const check = context.program.command('check').description('prove from outside what an endpoint offers');
  addCheck(context, check);
  addCheck(context, check.command('tls').description('check the TLS of an endpoint, and nothing else'));
  addCompare(context, check);
}

const TIMEOUT_MS = 30_000;
const PARALLEL = 4;
const AT_ONCE = 8;

interface CheckFlags extends ReportFlags {
  readonly timeout: number;
  readonly parallel: number;
  readonly atOnce: number;
  readonly addresses: CheckOptions['addresses'];
  readonly ca: readonly string[];
}

function addCheck({ program, actions, io, handle }: CommandContext, command: Command): void {
  addReportOptions(command)
    .argument(
      '[targets...]',
      'name, name:port, address:port or scheme://name, such as smtp://, or @file with one a line; https where none is named; what --config names where there is none',
    )
    .addOption(new Option('--policy <id>', 'what to judge by').choices([...POLICIES.keys()]).default(DEFAULT_POLICY.id))
    .addOption(
      new Option('--timeout <duration>', 'time for each address').argParser(timeout).default(TIMEOUT_MS, '30s'),
    )
    .addOption(
      new Option('--parallel <number>', 'connections to an address at a time, 16 at most')
        .argParser(upTo(16))
        .default(PARALLEL),
    )
    .addOption(new Option('--at-once <number>', 'targets at a time, 64 at most').argParser(upTo(64)).default(AT_ONCE))
    .addOption(
      new Option('--addresses <which>', 'addresses of a name that are checked')
        .choices(['all', 'first'])
        .default('all'),
    )
    .addOption(
      new Option('--ca <file>', 'PEM of roots that are trusted beside those of everybody; may stand several times')
        .argParser((file: string, before: readonly string[]) => [...before, file])
        .default([], 'none'),
    )
    .addHelpText('after', HELP_AFTER)
    .action(
      handle(async (options, words: readonly string[]) => {
        refuseMistyped(command, words);
        // Options that stand behind a part are read by the command above it.
        const flags = command.optsWithGlobals<CheckFlags>();
        // Without a target it is the configuration that says where to look.
        const by_config = words.length === 0 || program.getOptionValueSource('config') === 'cli';
        const { targets, left_out } = await actions.findTargets({
          words,
          config: by_config ? options.config : null,
          ca: flags.ca,
          cwd: io.cwd,
        });
        for (const sentence of left_out) io.stderr.write(`not checked: ${printable(sentence)}\n`);
        const progress = progressOn(io.stderr, targets.length);
        const request = { command, actions, io, options, flags, targets, onWrite: progress.clear };
        return reported(request, (listener) =>
          actions.checkTls(
            {
              ...options,
              targets,
              policy: POLICIES.get(flags.policy) ?? DEFAULT_POLICY,
              timeout_ms: flags.timeout,
              parallel: flags.parallel,
              at_once: flags.atOnce,
              addresses: flags.addresses,
              onProgress: progress.show,
            },
            listener,
          ),
        ).finally(progress.clear);
      }),
    );
}

/** Of the command that has parts; a part has none, and takes every word as it is. */
function refuseMistyped(command: Command, [first = '']: readonly string[]): void {
  const part = mistypedPart(
    first,
    command.commands.map((one) => one.name()),
  );
  if (part === null) return;
  const word = printable(first);
  const meant = `(Did you mean sallyport check ${part}? A host of that name is checked as ${word}:443.)`;
  command.error(`error: check has no part '${word}'\n${meant}`);
}

const HELP_AFTER = `
Examples:
  sallyport check api.example.org
  sallyport check 192.0.2.7:8443 [2001:db8::7]:8443 --json
  sallyport check @partners.txt --ca private-root.pem
  sallyport check --config sallyport.yaml

It opens a connection for each question, finishes few handshakes, asks HTTP for one head, and logs in nowhere.
The exit code is 0 where nothing fails, 1 where something does, 2 for a wrong command line, and 3 where a target
could not be judged, or not in full. Each rule is explained in docs/check-rules.md.`;

function timeout(text: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,3})(s|m)$/.exec(text) ?? [];
  const timeout_ms = Number(count) * (unit === 'm' ? 60_000 : 1_000);
  if (!(timeout_ms <= 600_000)) throw new InvalidArgumentError('A time is a duration from 1s to 10m, such as 30s.');
  return timeout_ms;
}

function upTo(most: number): (text: string) => number {
  return (text) => {
    const number = /^[1-9][0-9]?$/.test(text) ? Number(text) : 0;
    if (number < 1 || number > most) throw new InvalidArgumentError(`It is a number from 1 to ${most}.`);
    return number;
  };
}

const LINE_START = '\r\u001b[K';

/** One line that counts, on a terminal; nothing elsewhere. */
function progressOn({ is_terminal, write }: CliIo['stderr'], count: number) {
  if (!is_terminal) return { show: () => undefined, clear: () => undefined };
  const begun = new Set<Target>();
  let is_shown = false;
  const place = () => (count > 1 ? `${begun.size} of ${count}, ` : '');
  return {
    show(target: Target, connections: number) {
      begun.add(target);
      is_shown = true;
      const asked = `${connections} ${connections === 1 ? 'connection' : 'connections'}`;
      write(`${LINE_START}${place()}${target.text.slice(0, 50)}: ${asked}`);
    },
    clear() {
      if (is_shown) write(LINE_START);
      is_shown = false;
    },
  };
}
