/** Keeps one worker running. */

import type { Socket } from 'node:net';
import type { ShareUpdate } from '../core/limits/index.ts';
import type { WorkerObservation } from '../wiring/observe-gate.ts';
import type { StoredPlan } from '../wiring/stored-plan.ts';
import { BackOff } from './back-off.ts';
import { type Child, describeEnd, FIRST_CHILD_DESCRIPTOR, startChild } from './child.ts';
import type { Failure, FromWorker, ToWorker } from './messages.ts';
import { childEnvironment, type SuperviseOptions } from './process-options.ts';
import { readFromWorker } from './reading.ts';
import type { Watchdog } from './watchdog.ts';

export interface WorkerKeeperOptions extends SuperviseOptions {
  /** From 1. */
  readonly slot: number;
  readonly watchdog: Watchdog;
  /** Descriptors of the listening sockets, as this process knows them. */
  readonly descriptors: readonly number[];
  /** The plan in force, once no switch is under way. */
  readonly plan: () => Promise<StoredPlan>;
  /** Its process is there, and needs a link to the recorder before it opens a port. */
  readonly onLaunched: (worker: WorkerKeeper) => void;
  /** It carries exchanges. */
  readonly onReady: (worker: WorkerKeeper) => void;
  /** What it took of the budgets; `incarnation` names one process and never comes again. */
  readonly onShare: (incarnation: string, report: unknown) => void;
  /** A process of it is there, or is gone. */
  readonly onIncarnation: (incarnation: string, there: boolean) => void;
  readonly shares: boolean;
  readonly onEnded: (worker: WorkerKeeper, how: string, again_ms: number) => void;
  readonly onStuck: (worker: WorkerKeeper) => void;
}

/** What it says is read with suspicion. */
type WorkerChild = Child<unknown, ToWorker>;

/** What came of asking a worker to prepare a plan. */
export type Prepared = { readonly digest: string } | Failure | 'gone';

export class WorkerKeeper {
  readonly slot: number;
  readonly #options: WorkerKeeperOptions;
  readonly #back_off: BackOff;
  #child: WorkerChild | null = null;
  #ready = false;
  #stopping = false;
  #restarts = 0;
  #retry: NodeJS.Timeout | undefined;
  #started_ms: number | null = null;
  /** Answers that are awaited, by what they answer. */
  readonly #awaited = new Map<string, (answer: FromWorker | 'gone') => void>();

  constructor(options: WorkerKeeperOptions) {
    this.#options = options;
    this.slot = options.slot;
    this.#back_off = new BackOff(options.ports.monotonic);
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Whether it carries exchanges. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Null once it carries exchanges, else why it does not. */
  async start(): Promise<Failure | null> {
    const { ports, descriptors, exchanges, shares, plan: planInForce } = this.#options;
    const plan = await planInForce();
    if (this.#stopping) return { defect: 'the gate is stopping' };
    const child: WorkerChild = startChild({
      entry: ports.entries.worker,
      exec_path: ports.exec_path,
      exec_argv: ports.exec_argv.worker,
      env: childEnvironment(ports),
      descriptors,
    });
    this.#child = child;
    this.#started_ms = ports.now();
    this.#back_off.started();
    const sockets = descriptors.map((_descriptor, index) => FIRST_CHILD_DESCRIPTOR + index);
    const started = this.#follow(child);
    child.send({ say: 'start', plan, slot: this.slot, sockets, shares, exchanges });
    this.#options.onLaunched(this);
    return started;
  }

  /** Gives it its end of a link; resolves once it has it, with false where it is gone. */
  async link(number: number, end: Socket): Promise<boolean> {
    return (await this.#ask(`linked ${number}`, { say: 'link', number }, end)) !== 'gone';
  }

  async prepare(number: number, plan: StoredPlan): Promise<Prepared> {
    const answer = await this.#ask(`prepared ${number}`, { say: 'prepare', number, plan });
    if (answer === 'gone') return 'gone';
    if (answer.say === 'prepared') return { digest: answer.digest };
    return answer.say === 'unprepared' ? answer.failure : 'gone';
  }

  /** One that does not switch in time is killed, and comes back with the plan in force. */
  async commit(number: number, budget_ms: number): Promise<void> {
    const late = setTimeout(() => this.#child?.kill(), budget_ms);
    await this.#ask(`committed ${number}`, { say: 'commit', number });
    clearTimeout(late);
  }

  /** Null where there is none, or none that answers in time. */
  async observe(number: number, budget_ms: number): Promise<WorkerObservation | null> {
    if (!this.#ready) return null;
    const key = `observed ${number}`;
    const late = setTimeout(() => this.#awaited.get(key)?.('gone'), budget_ms);
    const answer = await this.#ask(key, { say: 'observe', number });
    clearTimeout(late);
    return answer !== 'gone' && answer.say === 'observed' ? answer.observation : null;
  }

  /** Since when this process of it is there, Unix milliseconds. */
  get started_ms(): number | null {
    return this.#started_ms;
  }

  /** Told what the others took of the budgets. */
  share(update: ShareUpdate): void {
    this.#child?.send({ say: 'share', update });
  }

  get incarnation(): string {
    return `${this.slot}.${this.#restarts}`;
  }

  abort(number: number): void {
    this.#child?.send({ say: 'abort', number });
  }

  /** Its process is killed, where there is one, and another starts with the plan in force then. */
  startAnew(): void {
    this.#child?.kill();
  }

  /** Ends it within the budget and a little more. */
  async stop(budget_ms: number, grace_ms: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#retry);
    const child = this.#child;
    if (child === null) return;
    child.send({ say: 'drain', budget_ms });
    const late = setTimeout(() => child.kill(), budget_ms + grace_ms);
    await child.ended;
    clearTimeout(late);
  }

  #follow(child: WorkerChild): Promise<Failure | null> {
    const { ports, watchdog, onStuck, onReady, onIncarnation } = this.#options;
    // No two processes of a gate have the same.
    const { incarnation } = this;
    onIncarnation(incarnation, true);
    const watched = {
      ping: () => child.send({ say: 'ping' }),
      onStuck: () => {
        onStuck(this);
        child.kill();
      },
    };
    return new Promise((resolve) => {
      let told = false;
      child.onMessage((value) => {
        const message = readFromWorker(value);
        if (message === null) {
          if (!told) ports.onNotice(`worker ${this.slot} says what no worker says; it is passed by`, 'error');
          told = true;
          return;
        }
        switch (message.say) {
          case 'pong':
            return watchdog.answered(watched);
          case 'failed':
            child.kill();
            return resolve(message.failure);
          case 'share':
            return this.#options.onShare(incarnation, message.report);
          case 'started':
            this.#ready = true;
            watchdog.watch(watched);
            onReady(this);
            return resolve(null);
          default:
            return this.#hear(message);
        }
      });
      void child.ended.then((ended) => {
        watchdog.unwatch(watched);
        onIncarnation(incarnation, false);
        this.#ended(describeEnd(ended));
        resolve({ defect: `worker ${this.slot} ended: ${describeEnd(ended)}` });
      });
    });
  }

  #hear(message: Exclude<FromWorker, { say: 'pong' | 'failed' | 'started' | 'share' }>): void {
    const { ports } = this.#options;
    if (message.say === 'notice') return ports.onNotice(message.text, message.level);
    if (message.say === 'exchanges') return ports.onExchanges(message.text);
    const key = message.say === 'unprepared' ? `prepared ${message.number}` : `${message.say} ${message.number}`;
    this.#awaited.get(key)?.(message);
  }

  #ask(key: string, question: ToWorker, handle?: Socket): Promise<FromWorker | 'gone'> {
    const child = this.#child;
    if (child === null) {
      handle?.destroy();
      return Promise.resolve('gone');
    }
    return new Promise((resolve) => {
      this.#awaited.set(key, (answer) => {
        this.#awaited.delete(key);
        resolve(answer);
      });
      child.send(question, handle);
    });
  }

  #ended(how: string): void {
    const was_ready = this.#ready;
    this.#child = null;
    this.#started_ms = null;
    this.#ready = false;
    for (const answer of [...this.#awaited.values()]) answer('gone');
    // One that never became ready is the start's to judge, the first time.
    if (this.#stopping || (!was_ready && this.#restarts === 0)) return;
    this.#restarts++;
    const again_ms = this.#back_off.failed();
    this.#options.onEnded(this, how, again_ms);
    this.#retry = setTimeout(() => void this.start(), again_ms);
  }
}
