/** Runs the command line in this process, with actions and streams that a test can look into. */
import type { Actions } from '../../src/cli/actions.ts';
import type { ExitCode } from '../../src/cli/exit-codes.ts';
import { runCli } from '../../src/cli/program.ts';

export interface Outcome {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly actions?: Partial<Actions>;
  readonly env?: Record<string, string>;
  readonly terminal?: boolean;
  readonly cwd?: string;
  readonly onKey?: (listener: (key: string) => void) => () => void;
  readonly onInterrupt?: (listener: () => void) => () => void;
}

function unexpected(): never {
  throw new Error('this action was not expected');
}

const NONE: Actions = {
  run: unexpected,
  demo: unexpected,
  validate: unexpected,
  policyExplain: unexpected,
  policyTest: unexpected,
  createPki: unexpected,
  contractLint: unexpected,
  contractDiff: unexpected,
  contractAccept: unexpected,
  contractStatus: unexpected,
  contractUsage: unexpected,
  status: unexpected,
  top: unexpected,
  reload: unexpected,
  certificateIssue: unexpected,
  findTargets: unexpected,
  checkTls: unexpected,
  readReport: unexpected,
  createReport: unexpected,
};

export async function run(argv: readonly string[], around: Surroundings = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
    is_terminal: around.terminal ?? false,
    columns: 80,
    is_closed: () => false,
  });
  const code = await runCli(argv, {
    actions: { ...NONE, ...around.actions },
    io: {
      stdout: stream('stdout'),
      stderr: stream('stderr'),
      env: around.env ?? {},
      cwd: around.cwd ?? '/nowhere',
      onKey: around.onKey ?? (() => () => undefined),
      onInterrupt: around.onInterrupt ?? (() => () => undefined),
    },
    version: '1.2.3',
  });
  return { code, ...written };
}
