import { Command, CommanderError } from 'commander';
import { type Fault, LoadError } from '../core/errors/faults.ts';
import type { Actions, CommonOptions } from './actions.ts';
import { addCommands, type CommandContext } from './commands.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { json } from './json.ts';
import { renderFaults } from './render.ts';
import { type CliIo, painter, textWidth } from './terminal.ts';

/** Everything the command line needs from outside. */
export interface CliOptions {
  readonly actions: Actions;
  readonly io: CliIo;
  readonly version: string;
}

/** The command tree; `exitCode` tells how the last parsed command ended. */
export interface Program {
  readonly command: Command;
  readonly exitCode: () => ExitCode;
}

/**
 * Runs one command line.
 *
 * @param argv the arguments after the program's name
 * @returns the exit code; never throws
 */
export async function runCli(argv: readonly string[], options: CliOptions): Promise<ExitCode> {
  const { command, exitCode } = buildProgram(options);
  try {
    await command.parseAsync([...argv], { from: 'user' });
    return exitCode();
  } catch (error) {
    return report(error, command.opts()['json'] === true, options.io);
  }
}

function report(error: unknown, wants_json: boolean, { stdout, stderr, env, cwd }: CliIo): ExitCode {
  // Commander has already written its message; it throws for --help and --version too, with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.GOOD : EXIT.USAGE;
  if (error instanceof LoadError) {
    const faults = error.faults.map((fault) => nearby(fault, cwd));
    if (wants_json) stdout.write(json({ ok: false, faults }));
    else stderr.write(renderFaults(faults, painter(stderr, env)));
    return EXIT.USAGE;
  }
  stderr.write(`sallyport could not finish: ${error instanceof Error ? error.message : 'unknown failure'}\n`);
  return EXIT.UNFINISHED;
}

/** A file below the current folder is named from there, as its user would; elsewhere it keeps its whole path. */
function nearby(fault: Fault, cwd: string): Fault {
  return fault.file?.startsWith(`${cwd}/`) ? { ...fault, file: fault.file.slice(cwd.length + 1) } : fault;
}

/** Builds the command tree over the actions. */
export function buildProgram({ actions, io, version }: CliOptions): Program {
  let code: ExitCode = EXIT.GOOD;
  const program = root(io, version);
  const handle: CommandContext['handle'] =
    <Args extends readonly unknown[]>(run: (options: CommonOptions, ...args: Args) => ExitCode | Promise<ExitCode>) =>
    async (...args: unknown[]) => {
      const { config, json: wants_json } = program.opts<{ config: string; json?: boolean }>();
      const options = { config, json: wants_json ?? false, io };
      // Commander gives the arguments as declared beside each command, which is where their types are stated.
      code = await run(options, ...(args as unknown as Args));
    };
  addCommands({ program, actions, io, handle });
  return { command: program, exitCode: () => code };
}

const HELP_AFTER = `
To begin:
  sallyport demo              an example gate, with calls to paste
  sallyport init my-gate      a project of your own

Exit codes:
  0  done
  1  the answer is no: a denied question, a failed policy test, a finding
  2  the command line or the configuration is not right; nothing was done
  3  something outside kept the command from finishing`;

function root(io: CliIo, version: string): Command {
  return new Command('sallyport')
    .description('A gate for machines: one identity registry, one policy and one audit trail.')
    .version(version, '-V, --version', 'print the version')
    .option('-c, --config <file>', 'configuration file', 'sallyport.yaml')
    .option('--json', 'print results as JSON')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: io.stdout.write,
      writeErr: io.stderr.write,
      getOutHelpWidth: () => textWidth(io.stdout),
      getErrHelpWidth: () => textWidth(io.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showSuggestionAfterError()
    .addHelpText('after', HELP_AFTER)
    .exitOverride();
}
