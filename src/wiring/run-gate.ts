import type { GateConfig } from '../config/load.ts';
import { formatFault, LoadError } from '../core/errors/index.ts';
import { describeDefect } from './describe-defect.ts';
import type { RunningGate } from './running-gate.ts';

/** How long exchanges under way may take after the gate was told to stop. */
export const DRAIN_BUDGET_MS = 10_000;

/** A Ctrl-C under npm arrives twice, from the terminal and from npm; the echo is not a second wish. */
const ECHO_MS = 1000;

/** The signals of the process, given in so that tests can send them. */
export interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', handler: () => void): void;
  off(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', handler: () => void): void;
}

export interface RunOptions {
  /** @throws LoadError where the gate does not start */
  readonly start: () => Promise<RunningGate>;
  /** Told of what an operator must know; one line without payload. */
  readonly onNotice: (line: string) => void;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  readonly signals: Signals;
  /** Called when every port is open. */
  readonly onStarted: (gate: RunningGate) => void | Promise<void>;
  /** Reads the configuration again, on SIGHUP. */
  readonly reread: () => Promise<GateConfig>;
  /** Ends the process at once: the second Ctrl-C. */
  readonly abandon: () => void;
}

/**
 * Runs a gate until SIGINT or SIGTERM, then drains it. SIGHUP puts the configuration as it is now on disk in force;
 * where it does not load, the plan in force stays.
 *
 * @throws LoadError where the gate does not start
 */
export async function runGate(options: RunOptions): Promise<void> {
  const { signals, onNotice, monotonic } = options;
  const gate = await options.start();
  const stopped = new Promise<void>((resolve) => {
    let stopping_since_ms: number | null = null;
    const stop = (): void => {
      const now_ms = monotonic();
      if (stopping_since_ms !== null) {
        if (now_ms - stopping_since_ms > ECHO_MS) options.abandon();
        return;
      }
      stopping_since_ms = now_ms;
      onNotice(`stopping: exchanges under way have ${DRAIN_BUDGET_MS / 1000} s`);
      void gate.stop(DRAIN_BUDGET_MS).then(resolve);
    };
    // One after the other: of two reloads the later one must be the one in force.
    let reloading = Promise.resolve();
    const reload = (): void => {
      reloading = reloading.then(() => reloadGate(gate, options, () => stopping_since_ms !== null));
    };
    signals.on('SIGINT', stop);
    signals.on('SIGTERM', stop);
    signals.on('SIGHUP', reload);
    void Promise.resolve(options.onStarted(gate));
  });
  await stopped;
  onNotice('stopped');
}

/** A gate that is stopping stays with what it has: another plan would open what nobody closes. */
async function reloadGate(gate: RunningGate, { onNotice, reread }: RunOptions, stopping: () => boolean): Promise<void> {
  try {
    const config = await reread();
    if (stopping()) return;
    await gate.reload(config);
    onNotice(`plan ${gate.digest().slice(0, 12)} is in force`);
  } catch (error) {
    const why = error instanceof LoadError ? error.faults.map(formatFault).join('\n') : describeDefect(error);
    onNotice(`the configuration does not load; the plan in force stays\n${why}`);
    await recordRefusedPlan(gate, error);
  }
}

/** Which faults, not their texts: a message may show a value of the configuration. */
async function recordRefusedPlan(gate: RunningGate, error: unknown): Promise<void> {
  const codes = error instanceof LoadError ? error.faults.map(({ code }) => code) : ['INTERNAL'];
  await gate
    .event('plan_refused', { faults: codes.length, codes: [...new Set(codes)].join(' ') })
    .catch(() => undefined);
}
