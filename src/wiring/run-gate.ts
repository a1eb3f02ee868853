import type { ReloadResult } from '../admin/status.ts';
import type { GateConfig } from '../config/load.ts';
import { type Fault, formatFault, LoadError } from '../core/errors/index.ts';
import type { Notify } from '../core/oplog/index.ts';
import { describeDefect } from './describe-defect.ts';
import { openGateAdmin, ReloadBook } from './gate-admin.ts';
import type { RunningGate } from './running-gate.ts';
import { CertificateWatch } from './watch-certificates.ts';

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
  readonly version: string;
  readonly pid: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Told of what an operator must know, without payload. */
  readonly onNotice: Notify;
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
 * Runs a gate until SIGINT or SIGTERM, then drains it. SIGHUP, or who asks the admin listener for it, puts the
 * configuration as it is now on disk in force; where it does not load, the plan in force stays.
 *
 * @throws LoadError where the gate does not start
 */
export async function runGate(options: RunOptions): Promise<void> {
  const { signals, onNotice, monotonic, version, pid, now } = options;
  // One that comes while the gate starts must not end it, as it would without a listener.
  let onReload: () => void = () => undefined;
  signals.on('SIGHUP', () => onReload());
  const gate = await options.start();
  // One after the other: of two reloads the later one must be the one in force.
  let reloading = Promise.resolve();
  const watch = new CertificateWatch({
    certificates: () => gate.certificates(),
    now,
    onNotice,
    event: (event, data) => gate.event(event, data),
  });
  const reloads = new ReloadBook();
  const reload = (): Promise<ReloadResult> => {
    const result = reloading.then(() => reloadGate(gate, options));
    reloading = result.then((came) => {
      reloads.enter(came, now());
      if (came.ok) watch.look();
    });
    return result;
  };
  const admin = await openGateAdmin({ gate, version, pid, now, reload, reloads }).catch(async (error: unknown) => {
    await gate.stop(0);
    throw error;
  });
  const stopped = new Promise<void>((resolve) => {
    let stopping_since_ms: number | null = null;
    const stop = (): void => {
      const now_ms = monotonic();
      if (stopping_since_ms !== null) {
        if (now_ms - stopping_since_ms > ECHO_MS) options.abandon();
        return;
      }
      stopping_since_ms = now_ms;
      onNotice(`stopping: exchanges under way have ${DRAIN_BUDGET_MS / 1000} s`, 'info');
      watch.stop();
      void gate.stop(DRAIN_BUDGET_MS).then(resolve);
    };
    signals.on('SIGINT', stop);
    signals.on('SIGTERM', stop);
    onReload = () => void reload();
    void Promise.resolve(options.onStarted(gate));
    watch.look();
  });
  await stopped;
  // To the last: whoever asks a gate that is stopping is told so.
  await admin.close();
  onNotice('stopped', 'info');
}

const STOPPING: Fault = { code: 'CONFIG_VALUE', message: 'the gate is stopping and takes no other configuration' };

/** A gate that is stopping stays with what it has: another plan would open what nobody closes. Never rejects. */
async function reloadGate(gate: RunningGate, { onNotice, reread }: RunOptions): Promise<ReloadResult> {
  const before = gate.digest();
  try {
    const config = await reread();
    if (gate.draining()) return { ok: false, plan: before, faults: [STOPPING], defect: null };
    await gate.reload(config);
    const plan = gate.digest();
    onNotice(`plan ${plan.slice(0, 12)} is in force`, 'info');
    return { ok: true, before, plan };
  } catch (error) {
    const faults = error instanceof LoadError ? [...error.faults] : [];
    const defect = error instanceof LoadError ? null : describeDefect(error);
    const why = defect ?? faults.map(formatFault).join('\n');
    onNotice(`the configuration does not load; the plan in force stays\n${why}`, 'error');
    await recordRefusedPlan(gate, error);
    return { ok: false, plan: before, faults, defect };
  }
}

/** Which faults, not their texts: a message may show a value of the configuration. */
async function recordRefusedPlan(gate: RunningGate, error: unknown): Promise<void> {
  const codes = error instanceof LoadError ? error.faults.map(({ code }) => code) : ['INTERNAL'];
  await gate
    .event('plan_refused', { faults: codes.length, codes: [...new Set(codes)].join(' ') })
    .catch(() => undefined);
}
