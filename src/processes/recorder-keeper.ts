/** Keeps the recorder running, and everybody told whether there is one. */

import type { Socket } from 'node:net';
import type { GateConfig } from '../config/load.ts';
import type { EventRecord } from '../core/audit/index.ts';
import type { ProcessObservation } from '../wiring/observe-gate.ts';
import { errorOf } from './failure.ts';
import { KeptProcess, type KeptProcessOptions } from './kept-process.ts';
import type { FromRecorder, ToRecorder } from './messages.ts';
import { RECORDER } from './process-events.ts';
import { childOptions, type SupervisorPorts } from './process-options.ts';
import type { Watchdog } from './watchdog.ts';

/** Reading back what a crash left takes as long as the disk does. */
const START_WITHIN_MS = 300_000;

export interface RecorderKeeperOptions {
  readonly config: GateConfig;
  readonly ports: SupervisorPorts;
  readonly watchdog: Watchdog;
  /** Resolves when the log may be opened. */
  readonly judged: () => Promise<void>;
  /** A recorder is there, the first or another: workers need new links. */
  readonly onReady: () => void;
  /** Nothing is recorded, or something is again. `why` is an errno name or a word. */
  readonly onLog: (open: boolean, why: string) => void;
  /** It ended without having been told to; another starts in `again_ms`. */
  readonly onEnded: KeptProcessOptions<FromRecorder, ToRecorder>['onEnded'];
  readonly onStuck: () => void;
}

export class RecorderKeeper {
  readonly #process: KeptProcess<FromRecorder, ToRecorder>;
  #log_open = false;

  constructor(options: RecorderKeeperOptions) {
    const { config, ports, watchdog, judged, onEnded, onStuck } = options;
    const folder = `${config.data_folder}/audit`;
    const { segment_bytes } = config.audit;
    this.#process = new KeptProcess({
      who: RECORDER.who,
      child: childOptions(ports, 'recorder', []),
      watchdog,
      now: ports.now,
      monotonic: ports.monotonic,
      start: async () => {
        await judged();
        return { say: 'start', folder, segment_bytes, owner_pid: ports.pid, version: ports.version };
      },
      start_within_ms: START_WITHIN_MS,
      heldUp: () => false,
      // It reads no byte of a stranger.
      read: (value) => value as FromRecorder,
      onNonsense: () => undefined,
      wrongStart: () => null,
      onLaunched: () => undefined,
      onReady: () => {
        this.#log_open = true;
        options.onReady();
      },
      onNews: ({ open, why }) => {
        this.#log_open = open;
        options.onLog(open, why);
      },
      onGone: () => undefined,
      onEnded,
      onStuck,
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

  /** Whether it can be linked to. */
  get ready(): boolean {
    return this.#process.ready;
  }

  /** Whether records are taken. */
  get open(): boolean {
    return this.ready && this.#log_open;
  }

  /** @throws LoadError where the log does not open, the first time */
  async start(): Promise<void> {
    const failure = await this.#process.start();
    if (failure !== null) throw errorOf(failure);
  }

  /** Hands over one end of a link. */
  link(end: Socket): void {
    if (this.ready) this.#process.tell({ say: 'link' }, end);
    else end.destroy();
  }

  /** Rejects, with a word for the reason, where the log takes nothing. */
  async event(record: EventRecord): Promise<void> {
    const answer = this.ready
      ? await this.#process.ask({ say: 'event', number: this.#process.number(), record })
      : null;
    if (answer?.say !== 'recorded') throw new Error(answer?.say === 'unrecorded' ? answer.why : 'recorder');
  }

  /** Null where there is none, or none that answers in time. */
  async observe(budget_ms: number): Promise<ProcessObservation | null> {
    if (!this.ready) return null;
    const answer = await this.#process.ask({ say: 'observe', number: this.#process.number() }, { budget_ms });
    return answer?.say === 'observed' ? answer.observation : null;
  }

  /** Waits for the links to end and the log to close; kills what does not end within the time. */
  close(budget_ms: number): Promise<void> {
    return this.#process.stop({ say: 'close' }, budget_ms);
  }
}
