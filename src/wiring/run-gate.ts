import type { GateConfig } from '../config/load.ts';
import { formatFault, LoadError } from '../core/errors/index.ts';
import { describeDefect, type Gate, type GatePorts, startGate } from './gate.ts';

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
  readonly config: GateConfig;
  readonly ports: GatePorts;
  readonly signals: Signals;
  /** Called when every port is open. */
  readonly onStarted: (gate: Gate) => void | Promise<void>;
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
  const { ports, signals } = options;
  const gate = await startGate(options.config, ports);
  const stopped = new Promise<void>((resolve) => {
    let stopping_since_ms: number | null = null;
    const stop = (): void => {
      const now_ms = ports.monotonic();
      if (stopping_since_ms !== null) {
        if (now_ms - stopping_since_ms > ECHO_MS) options.abandon();
        return;
      }
      stopping_since_ms = now_ms;
      ports.onNotice(`stopping: exchanges under way have ${DRAIN_BUDGET_MS / 1000} s`);
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
  ports.onNotice('stopped');
}

/** A gate that is stopping stays with what it has: another plan would open what nobody closes. */
async function reloadGate(gate: Gate, { ports, reread }: RunOptions, stopping: () => boolean): Promise<void> {
  try {
    const config = await reread();
    if (stopping()) return;
    await gate.reload(config);
    ports.onNotice(`plan ${gate.loaded().plan.digest.slice(0, 12)} is in force`);
  } catch (error) {
    const why = error instanceof LoadError ? error.faults.map(formatFault).join('\n') : describeDefect(error);
    ports.onNotice(`the configuration does not load; the plan in force stays\n${why}`);
    await recordRefusedPlan(gate, ports, error);
  }
}

/** Which faults, not their texts: a message may show a value of the configuration. */
async function recordRefusedPlan(gate: Gate, ports: GatePorts, error: unknown): Promise<void> {
  const codes = error instanceof LoadError ? error.faults.map(({ code }) => code) : ['INTERNAL'];
  const data = { faults: codes.length, codes: [...new Set(codes)].join(' ') };
  const plan = gate.loaded().plan.digest;
  await gate.audit.event({ event: 'plan_refused', at_ms: ports.now(), plan, data }).catch(() => undefined);
}
