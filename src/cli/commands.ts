/** The commands: their arguments, the action each calls, and how its result is shown. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { SchemaName } from '../config/json-schema.ts';
import { LoadError } from '../core/errors/faults.ts';
import type { Actions, CommonOptions, LogFormat } from './actions.ts';
import { addCertificateCommands } from './certificate-commands.ts';
import { addCheckCommands } from './check-commands.ts';
import { completionScript, type Shell } from './completion.ts';
import { addContractCommands } from './contract-commands.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { json } from './json.ts';
import { renderCases, renderExplanation, renderValid, renderWarnings } from './render.ts';
import { type CliIo, painter } from './terminal.ts';
import { addWatchCommands } from './watch-commands.ts';

/** What the commands share. */
export interface CommandContext {
  readonly program: Command;
  readonly actions: Actions;
  readonly io: CliIo;
  /** Wraps a command: gives it the common options and keeps its exit code. */
  readonly handle: <Args extends readonly unknown[]>(
    run: (options: CommonOptions, ...args: Args) => ExitCode | Promise<ExitCode>,
  ) => (...args: unknown[]) => Promise<void>;
}

export function addCommands(context: CommandContext): void {
  addRun(context);
  addInit(context);
  addWatchCommands(context);
  addValidate(context);
  addDemo(context);
  addSchema(context);
  const policy = context.program.command('policy').description('ask and test the policies');
  addPolicyExplain(context, policy);
  addPolicyTest(context, policy);
  addContractCommands(context);
  addCertificateCommands(context);
  addCheckCommands(context);
  addCompletion(context);
}

function addRun({ program, actions, io, handle }: CommandContext): void {
  program
    .command('run')
    .description('run the gate until it is told to stop')
    .addOption(logOption())
    .option('--exchanges', 'print a line for each exchange; on a terminal, and with --json, that is so anyway')
    .addHelpText(
      'after',
      '\nSignals:\n' +
        '  SIGHUP               put the files as they are now in force\n' +
        '  SIGTERM, Ctrl-C      end, when exchanges under way have ended\n' +
        '\nExchanges are lines on stdout, JSON with --json; notices go to stderr. The record on disk is written in any case.',
    )
    .action(
      handle((options, { exchanges, log }: { exchanges?: boolean; log: LogFormat }) =>
        actions.run({ ...options, log, exchanges: exchanges ?? (options.json || io.stdout.is_terminal) }),
      ),
    );
}

function addDemo({ program, actions, handle }: CommandContext): void {
  program
    .command('demo')
    .description('run an example gate with a service and certificates of its own')
    .option('--port <port>', 'port of the gate; 0 takes free ports', portNumber)
    .addOption(logOption())
    .action(
      handle((options, { port, log }: { port?: number; log: LogFormat }) =>
        actions.demo({ ...options, log, port: port ?? null }),
      ),
    );
}

const logOption = (): Option =>
  new Option('--log <format>', 'how notices are written').choices(['text', 'json']).default('text');

function portNumber(text: string): number {
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  }
  return Number(text);
}

interface InitFlags {
  readonly openapi?: string;
  readonly upstream?: string;
  readonly name?: string;
}

const LOOPBACK_SERVICE = 'http://127.0.0.1:9000';

function apiName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError('A name is lower-case letters, digits and hyphens, such as petstore.');
}

function addInit({ program, actions, io, handle }: CommandContext): void {
  const command = program.command('init');
  command
    .description('make a new project with a development PKI; nothing is overwritten')
    .argument('[folder]', 'where to make it', '.')
    .option('--openapi <file>', 'put this OpenAPI description behind the gate, instead of an example')
    .option('--upstream <url>', `with --openapi: where the API is served, by default ${LOOPBACK_SERVICE}`)
    .option('--name <name>', 'with --openapi: name of the API; by default made from the name of the file', apiName)
    .action(
      handle(async (_options, folder: string, { openapi, upstream, name }: InitFlags) => {
        if (openapi === undefined && (upstream ?? name) !== undefined) {
          command.error('error: --upstream and --name are about a description; name it with --openapi');
        }
        // What judges configurations is loaded where one is judged or made.
        const [{ readUpstreamUrl }, { initProject }] = await Promise.all([
          import('../config/upstream-url.ts'),
          import('./init/init.ts'),
        ]);
        const served = { upstream: readUpstreamUrl(upstream ?? LOOPBACK_SERVICE, '--upstream'), ...(name && { name }) };
        const api = openapi === undefined ? {} : { api: { document: openapi, ...served } };
        const { cwd, env } = io;
        io.stdout.write(await initProject({ folder, cwd, path: env['PATH'], createPki: actions.createPki, ...api }));
        return EXIT.GOOD;
      }),
    );
}

function addValidate({ program, actions, io, handle }: CommandContext): void {
  program
    .command('validate')
    .description('load everything a start would load, and say what is wrong')
    .action(
      handle(async (options) => {
        const report = await actions.validate(options);
        if (report.faults.length > 0) throw new LoadError(report.faults);
        if (options.json) io.stdout.write(json({ ok: true, ...report }));
        else {
          io.stderr.write(renderWarnings(report.warnings, painter(io.stderr, io.env)));
          io.stdout.write(renderValid(options.config, report, painter(io.stdout, io.env)));
        }
        return EXIT.GOOD;
      }),
    );
}

function addSchema({ program, io, handle }: CommandContext): void {
  program
    .command('schema')
    .description('print the JSON Schema of a file, for editors')
    .addArgument(new Argument('[file]', 'which file').choices(['gate', 'party']).default('gate'))
    .action(
      handle(async (_options, name: SchemaName) => {
        const { jsonSchema } = await import('../config/json-schema.ts');
        io.stdout.write(json(jsonSchema(name)));
        return EXIT.GOOD;
      }),
    );
}

function addPolicyExplain({ actions, io, handle }: CommandContext, policy: Command): void {
  policy
    .command('explain')
    .description('say whether a machine may call an operation, and why')
    .argument('<machine>', 'a machine, such as acme-erp')
    .argument('<operation>', 'an operation, such as orders.createOrder')
    .option('--zone <zone>', 'the zone it enters by')
    .addHelpText(
      'after',
      '\nExample:\n  sallyport policy explain acme-erp orders.createOrder\n\nThe exit code is 0 for allowed, 1 for denied.',
    )
    .action(
      handle(async (options, machine: string, operation: string, { zone }: { zone?: string }) => {
        const view = await actions.policyExplain({ ...options, machine, operation, zone: zone ?? null });
        io.stdout.write(options.json ? json(view) : renderExplanation(view, painter(io.stdout, io.env)));
        return view.decision.allow ? EXIT.GOOD : EXIT.REFUSED;
      }),
    );
}

function addPolicyTest({ actions, io, handle }: CommandContext, policy: Command): void {
  policy
    .command('test')
    .description('check decisions against a table of expectations')
    .argument('<files...>', 'YAML tables of cases')
    .addHelpText(
      'after',
      '\nA table:\n  cases:\n    - { machine: acme-erp, operation: orders.getOrder, expect: allow }',
    )
    .action(
      handle(async (options, files: string[]) => {
        const cases = await actions.policyTest({ ...options, files });
        const ok = cases.every((result) => result.ok);
        io.stdout.write(options.json ? json({ ok, cases }) : renderCases(cases, painter(io.stdout, io.env)));
        return ok ? EXIT.GOOD : EXIT.REFUSED;
      }),
    );
}

function addCompletion({ program, io, handle }: CommandContext): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nTo load it:\n' +
        '  source <(sallyport completion bash)      in ~/.bashrc\n' +
        '  source <(sallyport completion zsh)       in ~/.zshrc, after compinit\n' +
        '  sallyport completion fish | source       in ~/.config/fish/config.fish',
    )
    .action(
      handle((_options, shell: Shell) => {
        io.stdout.write(completionScript(program, shell));
        return EXIT.GOOD;
      }),
    );
}
