/** How long a process may take to start. */

const EVERY_MS = 1_000;

export interface StartBoundOptions {
  /** Milliseconds, in whole seconds. */
  readonly within_ms: number;
  /** Whether something outside keeps it from starting, such as a recorder that is not there. Time counts from its end. */
  readonly heldUp: () => boolean;
  /** Called once, when the time is over. */
  readonly onLate: () => void;
}

/** @returns ends it: the process has started, or is gone */
export function boundStart({ within_ms, heldUp, onLate }: StartBoundOptions): () => void {
  // Turns are counted, not time: a machine that slept has not been kept waiting.
  let waited_ms = 0;
  const timer = setInterval(() => {
    waited_ms = heldUp() ? 0 : waited_ms + EVERY_MS;
    if (waited_ms < within_ms) return;
    clearInterval(timer);
    onLate();
  }, EVERY_MS);
  return () => clearInterval(timer);
}
