/** A process of a gate that is kept running: started again when it ends, watched for turns, and asked. */

import type { Socket } from 'node:net';
import { BackOff } from './back-off.ts';
import { type Child, type ChildOptions, describeEnd, startChild } from './child.ts';
import { describeFailure, type Failure } from './failure.ts';
import { boundStart } from './start-bound.ts';
import type { Watchdog } from './watchdog.ts';

/** What any of them says: `started`, `failed` or `pong` of its life; with a number the answer to a question; else news. */
interface Message {
  readonly say: string;
  readonly number?: number;
  readonly failure?: Failure;
}

interface Ping {
  readonly say: 'ping';
}

type Answer<Up> = Extract<Up, { readonly number: number }>;
type News<Up> = Exclude<Up, Answer<Up> | { readonly say: 'started' | 'failed' | 'pong' }>;

export interface KeptProcessOptions<Up, Down> {
  /** As an operator knows it. */
  readonly who: string;
  readonly child: ChildOptions;
  readonly watchdog: Watchdog;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  /** What it is told first, asked for once its process is there; it answers `started` or `failed`. */
  readonly start: () => Down | Promise<Down>;
  /** What it says; null for what no such process says, which is passed by. */
  readonly read: (value: unknown) => Up | null;
  /** It starts within this, or is killed and counts as failed. Milliseconds, in whole seconds. */
  readonly start_within_ms: number;
  /** Whether something outside keeps it from starting; the time counts from the end of that. */
  readonly heldUp: () => boolean;
  /** It said such a thing; told once of each process. One that goes on with that is killed. */
  readonly onNonsense: () => void;
  /** Why what it says that it started is not what it was told to start, in a few words; null where it is. */
  readonly wrongStart: (message: Extract<Up, { readonly say: 'started' }>) => string | null;
  /** It is there and has been told to start. `incarnation` counts its processes from 0. */
  readonly onLaunched: (incarnation: number) => void;
  /** It has started. */
  readonly onReady: () => void;
  readonly onNews: (message: News<Up>, incarnation: number) => void;
  /** A process of it is gone, for whatever reason. */
  readonly onGone: (incarnation: number) => void;
  /** It ended without having been told to, `how` in a few words, `why` in its own; another starts in `again_ms`. */
  readonly onEnded: (how: string, again_ms: number, why: string) => void;
  /** It takes no turn any more, and is about to be killed. */
  readonly onStuck: () => void;
}

/** A process of ours says none. One that was taken over must not keep its supervisor busy with them. */
const MAX_NONSENSE = 100;

const STOPPING: Failure = { defect: 'the gate is stopping' };

export class KeptProcess<Up extends Message, Down extends object> {
  readonly #options: KeptProcessOptions<Up, Down>;
  readonly #back_off: BackOff;
  readonly #awaited = new Map<number, (answer: Answer<Up> | null) => void>();
  #child: Child<unknown, Down | Ping> | null = null;
  /** Whether it knows what to start with; before that it holds nothing. */
  #told = false;
  #ready = false;
  #stopping = false;
  #restarts = 0;
  #started_ms: number | null = null;
  #retry: NodeJS.Timeout | undefined;
  #last_number = 0;

  constructor(options: KeptProcessOptions<Up, Down>) {
    this.#options = options;
    this.#back_off = new BackOff(options.monotonic);
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Since when this process of it is there, Unix milliseconds. */
  get started_ms(): number | null {
    return this.#started_ms;
  }

  /** Whether it has started, and has not ended. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Null once it is ready, else why it is not. One that is not ready the first time is not started again. */
  async start(): Promise<Failure | null> {
    const { child: child_options, start, now, onLaunched } = this.#options;
    if (this.#stopping) return STOPPING;
    this.#told = false;
    const child = startChild<unknown, Down | Ping>(child_options);
    this.#child = child;
    this.#started_ms = now();
    const started = this.#follow(child, this.#restarts);
    // It loads what it runs while what it is told is made.
    const first = await start();
    if (this.#stopping) return STOPPING;
    if (this.#child === child) {
      this.#told = true;
      child.send(first);
      onLaunched(this.#restarts);
    }
    return started;
  }

  /** Is lost where there is no process. */
  tell(message: Down, handle?: Socket): void {
    if (this.#child === null) handle?.destroy();
    else this.#child.send(message, handle);
  }

  /** About what it was told and has not read. */
  get unread_bytes(): number {
    return this.#child?.unread_bytes() ?? 0;
  }

  /** A number for a question, new to this process. */
  number(): number {
    return ++this.#last_number;
  }

  /** Its answer; null where there is no process, it ends first or does not answer within `budget_ms`. */
  ask(
    question: Down & { readonly number: number },
    { budget_ms }: { readonly budget_ms?: number } = {},
  ): Promise<Answer<Up> | null> {
    const { number } = question;
    const { promise, resolve } = Promise.withResolvers<Answer<Up> | null>();
    const late = budget_ms === undefined ? undefined : setTimeout(() => this.#answer(number, null), budget_ms);
    this.#awaited.set(number, (answer) => {
      clearTimeout(late);
      resolve(answer);
    });
    this.tell(question);
    if (this.#child === null) this.#answer(number, null);
    return promise;
  }

  /** Resolves once it is gone; another starts. One that was told nothing yet starts with what is right by then. */
  async kill(): Promise<void> {
    if (!this.#told) return;
    this.#child?.kill();
    await this.#child?.ended;
  }

  /** Tells it to end, kills it after `budget_ms`, and lets it be; resolves once it is gone. */
  async stop(message: Down, budget_ms: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#retry);
    const child = this.#child;
    if (child === null) return;
    child.send(message);
    const late = setTimeout(() => child.kill(), this.#told ? budget_ms : 0);
    await child.ended;
    clearTimeout(late);
  }

  #follow(child: Child<unknown, Down | Ping>, incarnation: number): Promise<Failure | null> {
    const { who, watchdog, wrongStart, onStuck, onGone, start_within_ms, heldUp } = this.#options;
    const watched = {
      ping: () => child.send({ say: 'ping' }),
      onStuck: () => {
        onStuck();
        child.kill();
      },
    };
    const { promise, resolve } = Promise.withResolvers<Failure | null>();
    let why = '';
    const endBound = boundStart({
      within_ms: start_within_ms,
      // Until it is told what to start with, it waits for others.
      heldUp: () => !this.#told || heldUp(),
      onLate: () => child.kill(`not started within ${start_within_ms / 1000} s`),
    });
    const read = readerFor(child, this.#options);
    child.onMessage((value) => {
      // Another may be in its place, and whoever inherited its channel does not speak for that.
      if (this.#child !== child) return;
      const message = read(value);
      if (message === null) return;
      switch (message.say) {
        case 'pong':
          return watchdog.answered(watched);
        case 'failed': {
          const failed = describeFailure(message.failure!);
          why = failed.why;
          child.kill(failed.how);
          return resolve(message.failure!);
        }
        case 'started': {
          if (this.#ready) return;
          const wrong = wrongStart(message as Extract<Up, { readonly say: 'started' }>);
          if (wrong !== null) return child.kill(wrong);
          endBound();
          watchdog.watch(watched);
          this.#started();
          return resolve(null);
        }
        default:
          return this.#hear(message, incarnation);
      }
    });
    void child.ended.then((ended) => {
      const how = describeEnd(ended);
      endBound();
      watchdog.unwatch(watched);
      onGone(incarnation);
      this.#ended(how, why);
      resolve({ defect: `${who} ended: ${how}` });
    });
    return promise;
  }

  #started(): void {
    this.#back_off.started();
    this.#ready = true;
    this.#options.onReady();
  }

  #hear(message: Up, incarnation: number): void {
    if (message.number === undefined) this.#options.onNews(message as News<Up>, incarnation);
    else this.#answer(message.number, message as Answer<Up>);
  }

  #answer(number: number, answer: Answer<Up> | null): void {
    this.#awaited.get(number)?.(answer);
    this.#awaited.delete(number);
  }

  #ended(how: string, why: string): void {
    const was_ready = this.#ready;
    this.#child = null;
    this.#started_ms = null;
    this.#ready = false;
    for (const number of [...this.#awaited.keys()]) this.#answer(number, null);
    if (this.#stopping || (!was_ready && this.#restarts === 0)) return;
    this.#restarts++;
    const again_ms = this.#back_off.failed();
    this.#options.onEnded(how, again_ms, why);
    this.#retry = setTimeout(() => void this.start(), again_ms);
  }
}

/** Reads what one process says; tells once where that is what no such process says, and ends one that goes on with it. */
function readerFor<Up>(
  child: Pick<Child<unknown, object>, 'kill'>,
  { read, onNonsense }: Pick<KeptProcessOptions<Up, never>, 'read' | 'onNonsense'>,
): (value: unknown) => Up | null {
  let nonsense = 0;
  return (value) => {
    const message = read(value);
    if (message !== null) return message;
    nonsense++;
    if (nonsense === 1) onNonsense();
    if (nonsense === MAX_NONSENSE) child.kill(`said ${MAX_NONSENSE} times what no such process says`);
    return null;
  };
}
