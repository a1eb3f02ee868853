import { Command, CommanderError } from 'commander';
import { LoadError } from '../core/errors/faults.ts';
import type { Actions, CommonOptions } from './actions.ts';
import { addCommands, type CommandContext, json } from './commands.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
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

function report(error: unknown, wants_json: boolean, { stdout, stderr, env }: CliIo): ExitCode {
  // Commander has already written its message; it throws for --help and --version too, with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.GOOD : EXIT.USAGE;
  if (error instanceof LoadError) {
    if (wants_json) stdout.write(json({ ok: false, faults: error.faults }));
    else stderr.write(renderFaults(error.faults, painter(stderr, env)));
    return EXIT.USAGE;
  }
  stderr.write(`sallyport could not finish: ${error instanceof Error ? error.message : 'unknown failure'}\n`);
  return EXIT.UNFINISHED;
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
    .exitOverride();
}
