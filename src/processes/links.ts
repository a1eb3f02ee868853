/** The links of a gate: each worker has one to the recorder, made anew with either. */

import type { Notify } from '../core/oplog/index.ts';
import { type LinkPlace, openLinkPlace } from './link.ts';
import type { RecorderKeeper } from './recorder-keeper.ts';
import type { WorkerKeeper } from './worker-keeper.ts';

export interface LinksOptions {
  readonly recorder: () => RecorderKeeper;
  /** Where a link exists as a path for a moment. */
  readonly temporary_folder: string;
  readonly onNotice: Notify;
  readonly stopping: () => boolean;
}

/** Until a worker that says that it has connected is seen to have. */
const CONNECTED_MS = 1_000;
/** Until a link that could not be made is tried again. */
const AGAIN_MS = 1_000;

export class Links {
  readonly #options: LinksOptions;
  /** Workers whose link is being made. */
  readonly #making = new Set<WorkerKeeper>();
  /** Workers whose link could not be made, or broke. */
  readonly #failed = new Set<WorkerKeeper>();
  /** Workers that said that they connect, and did not, since they last had a link. */
  readonly #told = new Set<WorkerKeeper>();

  constructor(options: LinksOptions) {
    this.#options = options;
  }

  /** Whether it waits for a link that could not be made. */
  failed(worker: WorkerKeeper): boolean {
    return this.#failed.has(worker);
  }

  /** Links a worker to the recorder, where both are there; again, where one of them is another by then. */
  async make(worker: WorkerKeeper): Promise<void> {
    if (this.#making.has(worker)) return;
    this.#failed.delete(worker);
    this.#making.add(worker);
    try {
      for (let made: string | null = null; ; ) {
        const ends = this.#endsOf(worker);
        if (ends === null || ends === made) return;
        made = (await this.#make(worker)) ? this.#endsOf(worker) : ends;
      }
    } finally {
      this.#making.delete(worker);
    }
  }

  /** In a moment: its link could not be made, or broke. */
  makeAgain(worker: WorkerKeeper): void {
    if (this.#failed.has(worker)) return;
    this.#failed.add(worker);
    this.#waitAndMake(worker);
  }

  #waitAndMake(worker: WorkerKeeper): void {
    setTimeout(() => {
      // Another link may have come meanwhile, with another recorder or another process.
      if (!this.#failed.has(worker)) return;
      if (this.#making.has(worker)) this.#waitAndMake(worker);
      else void this.make(worker);
    }, AGAIN_MS).unref();
  }

  /** Names the two processes that a link would be of. */
  #endsOf(worker: WorkerKeeper): string | null {
    const recorder = this.#options.recorder();
    const possible = !this.#options.stopping() && worker.pid !== null && recorder.ready;
    return possible ? `${worker.incarnation} ${recorder.restarts}` : null;
  }

  /**
   * The worker connects by itself, so that nothing but lines goes to it; the other end is handed to the recorder, and may
   * be written to from then on. It is the recorder of that moment: of another before it the end knows nothing.
   *
   * @returns whether it is made
   */
  async #make(worker: WorkerKeeper): Promise<boolean> {
    const place = await this.#openPlace(worker);
    if (place === null) return false;
    const { incarnation } = worker;
    // What is told of an older link from here on is passed by.
    this.#failed.delete(worker);
    const says_so = await worker.link(place.path);
    // One more turn: where it was this process that stood still, the worker is here and was not seen yet.
    const late = setTimeout(() => setImmediate(() => void place.close()), says_so ? CONNECTED_MS : 0);
    const end = await place.connected;
    clearTimeout(late);
    await place.close();
    if (says_so && end !== null && worker.incarnation === incarnation) {
      this.#options.recorder().link(end);
      this.#told.delete(worker);
      return true;
    }
    // What it says and what it does are not the same.
    end?.destroy();
    if (worker.pid === null || worker.incarnation !== incarnation) return false;
    if (says_so) this.#tell(worker);
    this.makeAgain(worker);
    return false;
  }

  async #openPlace(worker: WorkerKeeper): Promise<LinkPlace | null> {
    const { temporary_folder, onNotice } = this.#options;
    try {
      return await openLinkPlace(temporary_folder);
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      onNotice(
        `worker ${worker.slot} has no link to the recorder (${code}) for want of a socket in ${temporary_folder}`,
        'error',
      );
      this.makeAgain(worker);
      return null;
    }
  }

  /** Once, until it has a link. */
  #tell(worker: WorkerKeeper): void {
    if (this.#told.has(worker)) return;
    this.#told.add(worker);
    const { onNotice } = this.#options;
    onNotice(
      `worker ${worker.slot} says that it has connected to the recorder and has not; it is asked again`,
      'error',
    );
  }
}
