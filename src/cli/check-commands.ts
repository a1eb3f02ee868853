/** The commands that look at endpoints from outside. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_POLICY, POLICIES } from '../check/policies/index.ts';
import { parseTarget, type Target } from '../check/target.ts';
import { addCompare } from './check-compare.ts';
import { addReportOptions, type ReportFlags, reported } from './check-report-options.ts';
import type { CommandContext } from './commands.ts';
import type { CliIo } from './terminal.ts';

export function addCheckCommands(context: CommandContext): void {
  const check = context.program.command('check').description('prove from outside what an endpoint offers');
  addTls(context, check);
  addCompare(context, check);
}

const TIMEOUT_MS = 30_000;
const PARALLEL = 4;

interface TlsFlags extends ReportFlags {
  readonly timeout?: number;
  readonly parallel?: number;
}

function addTls({ actions, io, handle }: CommandContext, check: Command): void {
  const command = check.command('tls');
  addReportOptions(command)
    .description('say which TLS versions, cipher suites and groups an endpoint takes, and what is wrong with them')
    .argument('<targets...>', 'name:port, address:port or https://name; the port is 443 where none is named', targets)
    .addOption(new Option('--policy <id>', 'what to judge by').choices([...POLICIES.keys()]).default(DEFAULT_POLICY.id))
    .option('--timeout <duration>', 'time for each target, 30s by default', timeout)
    .option('--parallel <number>', `connections at a time, ${PARALLEL} by default, 16 at most`, parallel)
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  sallyport check tls api.example.org\n' +
        '  sallyport check tls 192.0.2.7:8443 [2001:db8::7]:8443 --json\n\n' +
        'It opens a connection for each question, sends nothing but the beginning of a handshake, and closes it.\n' +
        'The exit code is 0 for good, 1 where something fails, 3 where a target could not be judged.',
    )
    .action(
      handle((options, list: readonly Target[], flags: TlsFlags) => {
        const progress = progressOn(io.stderr);
        const request = { command, actions, io, options, flags, targets: list, onWrite: progress.clear };
        return reported(request, (listener) =>
          actions.checkTls(
            {
              ...options,
              targets: list,
              policy: POLICIES.get(flags.policy) ?? DEFAULT_POLICY,
              timeout_ms: flags.timeout ?? TIMEOUT_MS,
              parallel: flags.parallel ?? PARALLEL,
              onProgress: progress.show,
            },
            listener,
          ),
        );
      }),
    );
}

function targets(text: string, before: readonly Target[] | undefined): readonly Target[] {
  const target = parseTarget(text);
  if (target === null) throw new InvalidArgumentError('A target is name:port, address:port or https://name.');
  return [...(before ?? []), target];
}

function timeout(text: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,3})(s|m)$/.exec(text) ?? [];
  const timeout_ms = Number(count) * (unit === 'm' ? 60_000 : 1_000);
  if (!(timeout_ms <= 600_000)) throw new InvalidArgumentError('A time is a duration from 1s to 10m, such as 30s.');
  return timeout_ms;
}

function parallel(text: string): number {
  if (!/^([1-9]|1[0-6])$/.test(text)) throw new InvalidArgumentError('It is a number from 1 to 16.');
  return Number(text);
}

const LINE_START = '\r\u001b[K';

/** One line that counts, on a terminal; nothing elsewhere. */
function progressOn({ is_terminal, write }: CliIo['stderr']) {
  if (!is_terminal) return { show: () => undefined, clear: () => undefined };
  return {
    show: ({ text }: Target, connections: number) =>
      write(`${LINE_START}${text.slice(0, 50)}: ${connections} ${connections === 1 ? 'connection' : 'connections'}`),
    clear: () => write(LINE_START),
  };
}
