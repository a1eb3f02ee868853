/** Keeps one worker running. */

import type { ShareUpdate } from '../core/limits/index.ts';
import type { WorkerObservation } from '../wiring/observe-gate.ts';
import type { StoredPlan } from '../wiring/stored-plan.ts';
import { FIRST_CHILD_DESCRIPTOR } from './child.ts';
import type { Failure } from './failure.ts';
import type { JudgedPlan } from './judge-plan.ts';
import { KeptProcess, type KeptProcessOptions } from './kept-process.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { workerOf } from './process-events.ts';
import { childOptions, type SuperviseOptions } from './process-options.ts';
import { readFromWorker } from './reading.ts';
import type { Watchdog } from './watchdog.ts';

/** Compiling the largest contracts takes seconds. */
const START_WITHIN_MS = 60_000;

export interface WorkerKeeperOptions extends SuperviseOptions {
  /** From 1. */
  readonly slot: number;
  readonly watchdog: Watchdog;
  /** Descriptors of the listening sockets, as this process knows them. */
  readonly descriptors: readonly number[];
  /** The plan in force, once no switch is under way. */
  readonly plan: () => Promise<Pick<JudgedPlan, 'stored' | 'digest'>>;
  /** Its process is there, and needs a link to the recorder before it opens a port. */
  readonly onLaunched: (worker: WorkerKeeper) => void;
  /** Whether it cannot record yet, and so opens no port. */
  readonly heldUp: (worker: WorkerKeeper) => boolean;
  /** It carries exchanges. */
  readonly onReady: (worker: WorkerKeeper) => void;
  /** What it took of the budgets; `incarnation` names one process and never comes again. */
  readonly onShare: (incarnation: string, report: unknown) => void;
  /** A process of it is there, or is gone. */
  readonly onIncarnation: (incarnation: string, there: boolean) => void;
  readonly shares: boolean;
  readonly onEnded: KeptProcessOptions<FromWorker, ToWorker>['onEnded'];
  /** The link to the recorder that it was asked for last broke. */
  readonly onUnlinked: (worker: WorkerKeeper) => void;
  /** Its records are not durable in time, or are again. */
  readonly onLate: () => void;
  readonly onStuck: () => void;
}

/** Who has this much unread is told of budgets later, when it has read it. */
const MANY_UNREAD_BYTES = 4 * 1024 * 1024;

/** What came of asking a worker to prepare a plan. */
export type Prepared = { readonly digest: string } | Failure | 'gone';

export class WorkerKeeper {
  readonly slot: number;
  readonly #process: KeptProcess<FromWorker, ToWorker>;
  /** The switch it was last asked to prepare. */
  #switch_number = 0;
  /** The link it was asked for last. */
  #link_number = 0;
  #late = false;

  constructor(options: WorkerKeeperOptions) {
    const { ports, slot, descriptors, exchanges, shares, watchdog, plan } = options;
    this.slot = slot;
    const named = (incarnation: number): string => `${slot}.${incarnation}`;
    /** Of the plan its process was told to start with. */
    let digest: string | null = null;
    const sockets = descriptors.map((_descriptor, index) => FIRST_CHILD_DESCRIPTOR + index);
    this.#process = new KeptProcess({
      who: workerOf(slot).who,
      child: childOptions(ports, 'worker', descriptors),
      watchdog,
      now: ports.now,
      monotonic: ports.monotonic,
      start: async () => {
        // One that says that it started before it was told says nothing true.
        digest = null;
        const told = await plan();
        digest = told.digest;
        return { say: 'start', plan: told.stored, slot, sockets, shares, exchanges };
      },
      wrongStart: (started) => (started.digest === digest ? null : 'loaded another plan than it was told'),
      onLaunched: (incarnation) => {
        options.onIncarnation(named(incarnation), true);
        options.onLaunched(this);
      },
      start_within_ms: START_WITHIN_MS,
      heldUp: () => options.heldUp(this),
      read: readFromWorker,
      onNonsense: () => ports.onNotice(`worker ${slot} says what no worker says; it is passed by`, 'error'),
      onReady: () => options.onReady(this),
      onNews: (message, incarnation) => {
        if (message.say === 'notice') ports.onNotice(message.text, message.level);
        else if (message.say === 'exchanges') ports.onExchanges(message.text);
        else if (message.say === 'unlinked') {
          // Of an older one it is told while another is made.
          if (message.link === this.#link_number) options.onUnlinked(this);
        } else if (message.say === 'late') this.#tellLate(message.late, options);
        else options.onShare(named(incarnation), message.report);
      },
      onGone: (incarnation) => {
        options.onIncarnation(named(incarnation), false);
        this.#tellLate(false, options);
      },
      onEnded: options.onEnded,
      onStuck: options.onStuck,
    });
  }

  get pid(): number | null {
    return this.#process.pid;
  }

  get restarts(): number {
    return this.#process.restarts;
  }

  /** Since when this process of it is there, Unix milliseconds. */
  get started_ms(): number | null {
    return this.#process.started_ms;
  }

  /** Whether it carries exchanges. */
  get ready(): boolean {
    return this.#process.ready;
  }

  /** Whether it waits for the recorder for too long. */
  get late(): boolean {
    return this.#late;
  }

  /** Whether it has yet to read much of what it was told. */
  get behind(): boolean {
    return this.#process.unread_bytes > MANY_UNREAD_BYTES;
  }

  /** Names one process of the gate, and never comes again. */
  get incarnation(): string {
    return `${this.slot}.${this.restarts}`;
  }

  /** Null once it carries exchanges, else why it does not. */
  start(): Promise<Failure | null> {
    return this.#process.start();
  }

  /** Lets it connect to this path for a link; resolves once it has, with false where it cannot or is gone. */
  async link(path: string): Promise<boolean> {
    this.#link_number = this.#process.number();
    const answer = await this.#process.ask({ say: 'link', number: this.#link_number, path });
    return answer?.say === 'linked' && answer.done;
  }

  async prepare(plan: StoredPlan): Promise<Prepared> {
    this.#switch_number = this.#process.number();
    const answer = await this.#process.ask({ say: 'prepare', number: this.#switch_number, plan });
    if (answer?.say === 'prepared') return { digest: answer.digest };
    return answer?.say === 'unprepared' ? answer.failure : 'gone';
  }

  /** Switches to what it prepared last. One that does not in time is killed, and comes back with the plan in force. */
  async commit(budget_ms: number): Promise<void> {
    const answer = await this.#process.ask({ say: 'commit', number: this.#switch_number }, { budget_ms });
    if (answer === null) await this.#process.kill();
  }

  /** Forgets what it prepared last. */
  abort(): void {
    this.#process.tell({ say: 'abort', number: this.#switch_number });
  }

  /** Its process is killed, where there is one, and another starts with the plan in force then. */
  startAnew(): void {
    void this.#process.kill();
  }

  /** Null where there is none, or none that answers in time. */
  async observe(budget_ms: number): Promise<WorkerObservation | null> {
    if (!this.ready) return null;
    const answer = await this.#process.ask({ say: 'observe', number: this.#process.number() }, { budget_ms });
    return answer?.say === 'observed' ? answer.observation : null;
  }

  /** Told what the others took of the budgets. */
  share(update: ShareUpdate): void {
    this.#process.tell({ say: 'share', update });
  }

  /** Ends it within the budget and a little more. */
  stop(budget_ms: number, grace_ms: number): Promise<void> {
    return this.#process.stop({ say: 'drain', budget_ms }, budget_ms + grace_ms);
  }

  #tellLate(late: boolean, { onLate }: WorkerKeeperOptions): void {
    if (this.#late === late) return;
    this.#late = late;
    onLate();
  }
}
