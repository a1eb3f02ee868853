/** The links of a gate: each worker has one to the recorder, made anew with either. */

import type { Notify } from '../core/oplog/index.ts';
import { openLinkPlace } from './link.ts';
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
  /** Workers whose link could not be made. */
  readonly #failed = new Set<WorkerKeeper>();

  constructor(options: LinksOptions) {
    this.#options = options;
  }

  /** Whether it waits for a link that could not be made. */
  failed(worker: WorkerKeeper): boolean {
    return this.#failed.has(worker);
  }

  /** Links a worker to the recorder, where both are there; again, where one of them is another by then. */
  async make(worker: WorkerKeeper): Promise<void> {
    this.#failed.delete(worker);
    if (this.#making.has(worker)) return;
    this.#making.add(worker);
    try {
      for (let made: string | null = null; ; ) {
        const ends = this.#endsOf(worker);
        if (ends === null || ends === made) return;
        await this.#make(worker);
        made = ends;
      }
    } finally {
      this.#making.delete(worker);
    }
  }

  /** In a moment: its link could not be made, or broke. */
  makeAgain(worker: WorkerKeeper): void {
    this.#failed.add(worker);
    // Another link may have come meanwhile, with another recorder or another process.
    setTimeout(() => this.#failed.has(worker) && void this.make(worker), AGAIN_MS).unref();
  }

  /** Names the two processes that a link would be of. */
  #endsOf(worker: WorkerKeeper): string | null {
    const recorder = this.#options.recorder();
    const possible = !this.#options.stopping() && worker.pid !== null && recorder.ready;
    return possible ? `${worker.incarnation} ${recorder.restarts}` : null;
  }

  /**
   * The worker connects by itself, so that nothing but lines goes to it; the other end is handed to the recorder, and may
   * be written to from then on.
   */
  async #make(worker: WorkerKeeper): Promise<void> {
    const { temporary_folder, onNotice, recorder } = this.#options;
    const place = await openLinkPlace(temporary_folder).catch(({ code = 'unknown error' }: NodeJS.ErrnoException) => {
      onNotice(
        `worker ${worker.slot} has no link to the recorder (${code}) for want of a socket in ${temporary_folder}`,
        'error',
      );
      this.makeAgain(worker);
      return null;
    });
    if (place === null) return;
    const says_so = await worker.link(place.path);
    const late = setTimeout(() => void place.close(), says_so ? CONNECTED_MS : 0);
    const end = await place.connected;
    clearTimeout(late);
    await place.close();
    if (says_so && end !== null) return recorder().link(end);
    // What it says and what it does are not the same.
    end?.destroy();
    if (worker.pid !== null) this.makeAgain(worker);
  }
}
