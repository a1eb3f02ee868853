/** Keeps the recorder running, and everybody told whether there is one. */

import type { Socket } from 'node:net';
import type { GateConfig } from '../config/load.ts';
import type { EventRecord } from '../core/audit/index.ts';
import { LoadError } from '../core/errors/index.ts';
import type { ProcessObservation } from '../wiring/observe-gate.ts';
import { BackOff } from './back-off.ts';
import { type Child, describeEnd, type Ended, startChild } from './child.ts';
import type { Failure, FromRecorder, ToRecorder } from './messages.ts';
import { childEnvironment, type SupervisorPorts } from './process-options.ts';
import type { Watchdog } from './watchdog.ts';

export interface RecorderKeeperOptions {
  readonly config: GateConfig;
  readonly ports: SupervisorPorts;
  readonly watchdog: Watchdog;
  /** A recorder is there, the first or another: workers need new links. */
  readonly onReady: () => void;
  /** Nothing is recorded, or something is again. `why` is an errno name or a word. */
  readonly onLog: (open: boolean, why: string) => void;
  /** It ended without having been told to; another starts in `again_ms`. */
  readonly onEnded: (how: string, again_ms: number) => void;
  readonly onStuck: () => void;
}

type RecorderChild = Child<FromRecorder, ToRecorder>;

export class RecorderKeeper {
  readonly #options: RecorderKeeperOptions;
  readonly #back_off: BackOff;
  #child: RecorderChild | null = null;
  #ready = false;
  #log_open = false;
  #closing = false;
  #restarts = 0;
  #retry: NodeJS.Timeout | undefined;
  #next_event = 1;
  readonly #events = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  readonly #looks = new Map<number, (observation: ProcessObservation | null) => void>();
  #started_ms: number | null = null;

  constructor(options: RecorderKeeperOptions) {
    this.#options = options;
    this.#back_off = new BackOff(options.ports.monotonic);
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Whether it can be linked to. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Whether records are taken. */
  get open(): boolean {
    return this.#ready && this.#log_open;
  }

  /** @throws LoadError where the log does not open, the first time */
  async start(): Promise<void> {
    const failure = await this.#launch();
    if (failure !== null) throw errorOf(failure);
  }

  /** Hands over one end of a link. */
  link(end: Socket): void {
    if (this.#child && this.#ready) this.#child.send({ say: 'link' }, end);
    else end.destroy();
  }

  /** Rejects, with a word for the reason, where the log takes nothing. */
  event(record: EventRecord): Promise<void> {
    const child = this.#child;
    if (child === null || !this.#ready) return Promise.reject(new Error('recorder'));
    const number = this.#next_event++;
    return new Promise((resolve, reject) => {
      this.#events.set(number, { resolve, reject });
      child.send({ say: 'event', number, record });
    });
  }

  /** Null where there is none, or none that answers in time. */
  observe(budget_ms: number): Promise<ProcessObservation | null> {
    const child = this.#child;
    if (child === null || !this.#ready) return Promise.resolve(null);
    const number = this.#next_event++;
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#looks.get(number)?.(null), budget_ms);
      this.#looks.set(number, (observation) => {
        clearTimeout(late);
        this.#looks.delete(number);
        resolve(observation);
      });
      child.send({ say: 'observe', number });
    });
  }

  /** Since when this process of it is there, Unix milliseconds. */
  get started_ms(): number | null {
    return this.#started_ms;
  }

  /** Waits for the links to end and the log to close; kills what does not end within the time. */
  async close(budget_ms: number): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#retry);
    const child = this.#child;
    if (child === null) return;
    child.send({ say: 'close' });
    const late = setTimeout(() => child.kill(), budget_ms);
    await child.ended;
    clearTimeout(late);
  }

  /** Null once it is ready, else why it is not. */
  #launch(): Promise<Failure | null> {
    const { config, ports, watchdog } = this.#options;
    const child: RecorderChild = startChild({
      entry: ports.entries.recorder,
      exec_path: ports.exec_path,
      exec_argv: ports.exec_argv.recorder,
      env: childEnvironment(ports),
      descriptors: [],
    });
    this.#child = child;
    this.#started_ms = ports.now();
    this.#back_off.started();
    const watched = {
      ping: () => child.send({ say: 'ping' }),
      onStuck: () => {
        this.#options.onStuck();
        child.kill();
      },
    };
    child.send({
      say: 'start',
      folder: `${config.data_folder}/audit`,
      segment_bytes: config.audit.segment_bytes,
      owner_pid: ports.pid,
      version: ports.version,
    });
    return new Promise((resolve) => {
      child.onMessage((message) => {
        if (message.say === 'pong') return watchdog.answered(watched);
        if (message.say === 'failed') {
          child.kill();
          return resolve(message.failure);
        }
        if (message.say !== 'started') return this.#hear(message);
        this.#ready = true;
        this.#log_open = true;
        watchdog.watch(watched);
        this.#options.onReady();
        resolve(null);
      });
      void child.ended.then((ended) => {
        watchdog.unwatch(watched);
        this.#ended(ended);
        resolve({ defect: `the recorder ended: ${describeEnd(ended)}` });
      });
    });
  }

  #hear(message: Exclude<FromRecorder, { say: 'started' | 'failed' | 'pong' }>): void {
    if (message.say === 'log') {
      this.#log_open = message.open;
      return this.#options.onLog(message.open, message.why);
    }
    if (message.say === 'observed') return this.#looks.get(message.number)?.(message.observation);
    const waiting = this.#events.get(message.number);
    this.#events.delete(message.number);
    if (message.say === 'recorded') waiting?.resolve();
    else waiting?.reject(new Error(message.why));
  }

  #ended(ended: Ended): void {
    const was_ready = this.#ready;
    this.#child = null;
    this.#started_ms = null;
    this.#ready = false;
    for (const { reject } of this.#events.values()) reject(new Error('recorder'));
    this.#events.clear();
    for (const look of [...this.#looks.values()]) look(null);
    // One that never became ready is the start's to judge, the first time.
    if (this.#closing || (!was_ready && this.#restarts === 0)) return;
    this.#restarts++;
    const again_ms = this.#back_off.failed();
    this.#options.onEnded(describeEnd(ended), again_ms);
    this.#retry = setTimeout(() => void this.#launch(), again_ms);
  }
}

export function errorOf(failure: Failure): Error {
  return 'faults' in failure ? new LoadError(failure.faults) : new Error(failure.defect);
}
