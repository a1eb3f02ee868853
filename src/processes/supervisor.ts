/** A gate in several processes: one recorder, and workers that share its ports. */

import type { IssueOrder, IssueResult } from '../admin/issue.ts';
import type { NotReadyReason } from '../admin/status.ts';
import type { GateConfig } from '../config/load.ts';
import type { EventName } from '../core/audit/index.ts';
import type { Observation } from '../wiring/observe-gate.ts';
import { cannotRecord, RECORDS_AGAIN, recordSwitch, unwritableLog } from '../wiring/recording-trouble.ts';
import { refuseRestartChanges } from '../wiring/reload-bounds.ts';
import type { RunningGate } from '../wiring/running-gate.ts';
import { errorOf } from './failure.ts';
import { GateView } from './gate-view.ts';
import { type JudgedPlan, judgePlan } from './judge-plan.ts';
import { probeLinks } from './link.ts';
import { Links } from './links.ts';
import { ProcessEvents, RECORDER, workerOf } from './process-events.ts';
import type { SuperviseOptions } from './process-options.ts';
import { RecorderKeeper } from './recorder-keeper.ts';
import { ShareRounds } from './share-rounds.ts';
import { Signing } from './signing.ts';
import { type HeldSockets, holdSockets } from './sockets.ts';
import { switchPlan } from './switch-plan.ts';
import { Watchdog } from './watchdog.ts';
import { WorkerKeeper } from './worker-keeper.ts';

/** For what a process does after its exchanges are over: closing, flushing. */
const GRACE_MS = 3_000;

/**
 * Starts a gate. The supervisor loads the configuration, holds the ports and keeps the others running; it reads no
 * byte of a stranger.
 *
 * @throws LoadError with every fault found
 */
export async function superviseGate(options: SuperviseOptions): Promise<RunningGate> {
  const gate = new SupervisedGate(options, await holdOrExplain(options));
  try {
    await gate.start();
  } catch (error) {
    await gate.abandon();
    throw error;
  }
  return gate;
}

/** Ports that cannot be had are told after whatever else is wrong. */
async function holdOrExplain({ config, ports }: SuperviseOptions): Promise<HeldSockets> {
  try {
    return holdSockets(config, ports);
  } catch (error) {
    await judgePlan(config, ports);
    await probeLinks(ports.temporary_folder);
    throw error;
  }
}

class SupervisedGate implements RunningGate {
  readonly listeners: RunningGate['listeners'];
  readonly #options: SuperviseOptions;
  readonly #sockets: HeldSockets;
  readonly #watchdog: Watchdog;
  readonly #events: ProcessEvents;
  readonly #view: GateView;
  readonly #shares: boolean;
  readonly #hub: ShareRounds;
  readonly #recorder: RecorderKeeper;
  readonly #links: Links;
  readonly #workers: readonly WorkerKeeper[];
  readonly #signing: Signing;
  #config: GateConfig;
  /** Null until the first plan is judged. */
  #in_force: JudgedPlan | null = null;
  /** The first plan loads: nothing is told to start before. */
  readonly #judged = Promise.withResolvers<void>();
  /** Resolves when no switch of plans is under way. */
  #switching: Promise<void> = this.#judged.promise;
  #stopping = false;
  /** Whether a worker waits for the recorder for too long. */
  #late = false;

  constructor(options: SuperviseOptions, sockets: HeldSockets) {
    const { config, ports } = options;
    this.#options = options;
    this.#config = config;
    this.#sockets = sockets;
    this.listeners = sockets.sockets;
    this.#watchdog = new Watchdog(ports.monotonic);
    this.#events = new ProcessEvents((event, data) => this.event(event, data), ports.onNotice);
    this.#recorder = new RecorderKeeper({
      config,
      ports,
      watchdog: this.#watchdog,
      judged: () => this.#judged.promise,
      onReady: () => this.#linkAll(),
      onLog: (open, why) =>
        open ? ports.onNotice(RECORDS_AGAIN, 'info') : ports.onNotice(cannotRecord(config, why), 'error'),
      onEnded: (how, again_ms, why) => {
        if (!this.#stopping) this.#events.ended(RECORDER, how, again_ms, why);
      },
      onStuck: () => this.#events.stuck(RECORDER),
    });
    this.#links = new Links({
      recorder: () => this.#recorder,
      temporary_folder: ports.temporary_folder,
      onNotice: ports.onNotice,
      stopping: () => this.#stopping,
    });
    const count = config.workers === 'auto' ? ports.cores : config.workers;
    this.#shares = count > 1;
    this.#hub = new ShareRounds(ports.monotonic);
    this.#view = new GateView({
      ports,
      recorder: this.#recorder,
      signer: () => this.#signing.signer,
      workers: () => this.#workers,
      notReady: () => this.notReady(),
    });
    this.#workers = Array.from({ length: count }, (_, index) => this.#worker(index + 1));
    this.#signing = new Signing({
      ports,
      watchdog: this.#watchdog,
      events: this.#events,
      stopping: () => this.#stopping,
      config: () => this.#config,
      trust: () => this.#in_force?.ca?.trust.name ?? null,
      event: (event, data) => this.event(event, data),
      onReplaced: () => this.#view.signerEnded(),
    });
  }

  digest(): string {
    return this.#in_force?.digest ?? '';
  }

  /** @throws LoadError where a part does not start */
  async start(): Promise<void> {
    const { config, ports } = this.#options;
    // The processes load what they run while the plan is judged.
    const workers = Promise.all(this.#workers.map((worker) => worker.start()));
    const starting = Promise.all([workers, this.#recorder.start(), this.#startSigner()]);
    this.#judged.resolve(this.#judgeFirst());
    const [failures] = await starting;
    const failure = failures.find((one) => one !== null);
    if (failure) throw errorOf(failure);
    if (this.#shares) this.#hub.start(this.#workers);
    const data = { gate: config.name, version: ports.version, workers: this.#workers.length };
    await this.event('gate_started', data).catch((error: Error) => {
      throw unwritableLog(config, error.message);
    });
    for (const warning of this.#in_force?.warnings ?? []) ports.onNotice(warning);
  }

  async #startSigner(): Promise<void> {
    if (this.#options.config.ca === null) return;
    await this.#signing.start(async () => {
      await this.#judged.promise;
      return this.#in_force!.ca!;
    });
  }

  async #judgeFirst(): Promise<void> {
    const { config, ports } = this.#options;
    const first = await judgePlan(config, ports);
    await probeLinks(ports.temporary_folder);
    this.#in_force = first;
    this.#hub.use(first.limits);
  }

  /** Ends what a start that failed has begun. */
  async abandon(): Promise<void> {
    this.#stopping = true;
    this.#sockets.close();
    await Promise.all([...this.#workers.map((worker) => worker.stop(0, 0)), this.#signing.stop(0)]);
    await this.#recorder.close(GRACE_MS);
    this.#watchdog.stop();
    this.#hub.stop();
  }

  config(): GateConfig {
    return this.#config;
  }

  certificates(): JudgedPlan['certificates'] {
    return this.#in_force?.certificates ?? [];
  }

  draining(): boolean {
    return this.#stopping;
  }

  notReady(): NotReadyReason[] {
    const log = this.#recorder.ready ? 'log_failed' : 'recorder_down';
    const carrying = this.#workers.filter(({ ready }) => ready);
    const records = this.#recorder.open && (carrying.length === 0 || carrying.some(({ late }) => !late));
    return [...(records ? [] : ([log] as const)), ...(carrying.length > 0 ? [] : (['no_worker'] as const))];
  }

  observe(): Promise<Observation> {
    return this.#view.observe();
  }

  event(event: EventName, data: Readonly<Record<string, string | number>>): Promise<void> {
    return this.#recorder.event({ event, at_ms: this.#options.ports.now(), plan: this.digest(), data });
  }

  issue(order: IssueOrder | null): Promise<IssueResult> {
    return this.#signing.issue(order);
  }

  async reload(config: GateConfig): Promise<void> {
    const { ports } = this.#options;
    refuseRestartChanges(this.#config, config);
    const next = await judgePlan(config, ports);
    const signer = await this.#signing.prepare(next.ca);
    const from = this.digest();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#switching = promise;
    try {
      const ready = this.#workers.filter((worker) => worker.ready);
      const unable = await this.#hub.over(next.limits, () => switchPlan(ready, next.stored, next.digest));
      this.#config = config;
      this.#in_force = next;
      this.#signing.commit(signer);
      // One that is still starting was given the plan before, and nobody asked it to prepare another.
      for (const worker of this.#workers) {
        if (unable.includes(worker) || !ready.includes(worker)) worker.startAnew();
      }
    } catch (error) {
      this.#signing.abort(signer);
      throw error;
    } finally {
      resolve();
    }
    for (const warning of next.warnings) ports.onNotice(warning);
    await recordSwitch((event, data) => this.event(event, data), from, next.digest, ports.onNotice);
  }

  async stop(budget_ms: number): Promise<void> {
    this.#stopping = true;
    // First here: connections that come now belong to whoever opens the ports next.
    this.#sockets.close();
    await Promise.all([
      ...this.#workers.map((worker) => worker.stop(budget_ms, GRACE_MS)),
      this.#signing.stop(GRACE_MS),
    ]);
    await this.event('gate_stopped', { gate: this.#config.name }).catch(() => undefined);
    await this.#recorder.close(GRACE_MS);
    this.#watchdog.stop();
    this.#hub.stop();
  }

  #worker(slot: number): WorkerKeeper {
    const part = workerOf(slot);
    return new WorkerKeeper({
      ...this.#options,
      slot,
      watchdog: this.#watchdog,
      shares: this.#shares,
      onShare: (incarnation, report) => this.#hub.hear(incarnation, report),
      onIncarnation: (incarnation, there) => {
        this.#hub.know(incarnation, there);
        if (!there) this.#view.ended(slot);
      },
      descriptors: this.#sockets.sockets.map(({ descriptor }) => descriptor),
      plan: async () => {
        await this.#switching;
        return this.#in_force!;
      },
      onLaunched: (worker) => void this.#links.make(worker),
      heldUp: (worker) => !this.#recorder.open || this.#links.failed(worker),
      onReady: (worker) => {
        if (worker.restarts > 0) this.#events.cameBack(part);
      },
      onEnded: (how, again_ms, why) => {
        if (!this.#stopping) this.#events.ended(part, how, again_ms, why);
      },
      onStuck: () => this.#events.stuck(part),
      onUnlinked: (worker) => this.#links.makeAgain(worker),
      onLate: () => this.#tellLate(),
    });
  }

  /** One notice for all workers: they wait for the same recorder. */
  #tellLate(): void {
    const { ports } = this.#options;
    const late = this.#workers.some((worker) => worker.late);
    if (late === this.#late) return;
    this.#late = late;
    if (late) ports.onNotice(cannotRecord(this.#config, 'late'), 'error');
    else if (this.#recorder.open) ports.onNotice(RECORDS_AGAIN, 'info');
  }

  #linkAll(): void {
    if (this.#recorder.restarts > 0) this.#events.cameBack(RECORDER);
    for (const worker of this.#workers) void this.#links.make(worker);
  }
}
