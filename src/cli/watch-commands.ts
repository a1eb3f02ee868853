/** The commands that watch a running gate: status, top and reload. */
import { InvalidArgumentError } from 'commander';
import type { CommandContext } from './commands.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { json } from './json.ts';
import { printable } from './printable.ts';
import { renderFaults } from './render.ts';
import { renderStatus } from './status-render.ts';
import { type CliIo, painter } from './terminal.ts';
import { topLine, topScreen } from './top-render.ts';
import type { LostView, ReloadView, StatusView } from './watch-actions.ts';

export function addWatchCommands(context: CommandContext): void {
  addStatus(context);
  addTop(context);
  addReload(context);
}

/** The option that names a gate by its socket. */
export const SOCKET = ['--socket <path>', 'admin socket of the gate; by default that of the configuration'] as const;

function addStatus({ program, actions, io, handle }: CommandContext): void {
  program
    .command('status')
    .description('say how the running gate of this configuration is')
    .option(...SOCKET)
    .addHelpText('after', '\nThe exit code is 0 for ready, 1 for not ready, 3 where the gate cannot be reached.')
    .action(
      handle(async (options, { socket }: { socket?: string }) => {
        const view = printable(await actions.status({ ...options, socket: socket ?? null }));
        const { status, rates } = view;
        io.stdout.write(options.json ? json({ ...status, rates }) : renderStatus(view, painter(io.stdout, io.env)));
        return status.readiness.ready ? EXIT.GOOD : EXIT.REFUSED;
      }),
    );
}

interface TopFlags {
  readonly socket?: string;
  readonly interval?: number;
  readonly once?: boolean;
}

function addTop({ program, actions, io, handle }: CommandContext): void {
  program
    .command('top')
    .description('show what the running gate does, again each second')
    .option(...SOCKET)
    .option('--interval <duration>', 'time between two looks, 1s by default', interval)
    .option('--once', 'look once and end')
    .addHelpText(
      'after',
      '\nOn a terminal, q or Ctrl-C ends it. Elsewhere it is a line for each look; with --json, JSON.',
    )
    .action(
      handle(async (options, { socket, interval: interval_ms = 1000, once = false }: TopFlags) => {
        const stopping = new AbortController();
        const { signal } = stopping;
        const views = actions.top({ ...options, socket: socket ?? null, interval_ms, signal });
        try {
          return await showTop(views, options.json ? 'json' : formOf(io, once), once, io);
        } finally {
          stopping.abort();
        }
      }),
    );
}

type TopForm = 'json' | 'lines' | 'text' | 'screen';

function formOf({ stdout }: CliIo, once: boolean): TopForm {
  if (once) return 'text';
  return stdout.is_terminal ? 'screen' : 'lines';
}

function interval(text: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,4})(ms|s|m)$/.exec(text) ?? [];
  const interval_ms = Number(count) * ({ ms: 1, s: 1000, m: 60_000 }[unit ?? ''] ?? Number.NaN);
  if (!(interval_ms >= 100 && interval_ms <= 3_600_000)) {
    throw new InvalidArgumentError('An interval is a duration from 100ms to 60m, such as 2s.');
  }
  return interval_ms;
}

/** Shows looks until a key, a reader that has gone, or the only look ends it. */
async function showTop(
  views: AsyncIterable<StatusView | LostView>,
  form: TopForm,
  once: boolean,
  io: CliIo,
): Promise<ExitCode> {
  const ended = Promise.withResolvers<null>();
  const release = form === 'screen' ? io.onKey((key) => isEnd(key) && ended.resolve(null)) : () => undefined;
  const looks = views[Symbol.asyncIterator]();
  try {
    if (form === 'screen') io.stdout.write(CLEAR);
    for (;;) {
      const next = await Promise.race([looks.next(), ended.promise]);
      // Who looked on and ended it has learnt what there was to learn.
      if (next === null || next.done || io.stdout.is_closed()) return EXIT.GOOD;
      const view = printable(next.value);
      showLook(view, form, io);
      if (once) return 'lost' in view ? EXIT.UNFINISHED : view.status.readiness.ready ? EXIT.GOOD : EXIT.REFUSED;
    }
  } finally {
    release();
  }
}

function showLook(view: StatusView | LostView, form: TopForm, { stdout, stderr, env }: CliIo): void {
  const paint = painter(stdout, env);
  if (form === 'json') return stdout.write(`${JSON.stringify(view)}\n`);
  if (form === 'screen')
    return stdout.write(drawn('lost' in view ? [paint('red', view.lost)] : topScreen(view, paint)));
  if ('lost' in view) return stderr.write(`${view.lost}\n`);
  stdout.write(form === 'text' ? `${topScreen(view, paint).join('\n')}\n` : `${topLine(view)}\n`);
}

const ESCAPE = '\u001b[';
const CLEAR = `${ESCAPE}2J`;

/** From the top left; what is left of an earlier, longer screen goes. */
function drawn(lines: readonly string[]): string {
  return `${ESCAPE}H${lines.map((line) => `${line}${ESCAPE}K\n`).join('')}${ESCAPE}J`;
}

/** Ctrl-C and Ctrl-D come as keys where keys are read one by one. */
const isEnd = (key: string): boolean => ['q', 'Q', '\u0003', '\u0004'].includes(key);

function addReload({ program, actions, io, handle }: CommandContext): void {
  program
    .command('reload')
    .description('put the files as they are now in force in the running gate')
    .option(...SOCKET)
    .addHelpText(
      'after',
      '\nThe exit code is 0 where they are in force, 1 where they do not load and the plan in force stays,\n3 where the gate cannot be reached.',
    )
    .action(
      handle(async (options, { socket }: { socket?: string }) => {
        const view = printable(await actions.reload({ ...options, socket: socket ?? null }));
        if (options.json) io.stdout.write(json(view));
        else showReload(view, io);
        return view.ok ? EXIT.GOOD : EXIT.REFUSED;
      }),
    );
}

function showReload(view: ReloadView, io: CliIo): void {
  const plan = view.plan.slice(0, 12);
  if (view.ok) {
    const same = view.before === view.plan ? ', as before' : `, in place of ${view.before.slice(0, 12)}`;
    io.stdout.write(`plan ${plan} is in force${same}\n`);
    return;
  }
  if (view.faults.length > 0) io.stderr.write(renderFaults(view.faults, painter(io.stderr, io.env)));
  if (view.defect !== null) io.stderr.write(`a defect of the gate kept it from loading: ${view.defect}\n`);
  io.stderr.write(`nothing has changed: plan ${plan} stays in force\n`);
}
