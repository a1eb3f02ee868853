import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { Refusal } from '../../../core/errors/refusal.ts';

/**
 * The body of an answer, handed on while it arrives. Whoever takes it slowly pauses the connection; whoever gives it up
 * by destroying it ends the attempt.
 */
export class AnswerStream extends Readable {
  /** True while the connection waits for whoever reads. */
  paused = false;
  /** The upstream has ended it, or failed to. */
  private over = false;
  private readonly controller: Dispatcher.DispatchController;
  private readonly onResumed: () => void;
  private readonly onGivenUp: (refusal: Refusal) => void;

  constructor(
    controller: Dispatcher.DispatchController,
    told: { readonly onResumed: () => void; readonly onGivenUp: (refusal: Refusal) => void },
  ) {
    super();
    this.controller = controller;
    this.onResumed = told.onResumed;
    this.onGivenUp = told.onGivenUp;
    // Who gives it up may not listen any more.
    this.on('error', () => {});
  }

  /** A part of the body. */
  add(chunk: Buffer): void {
    if (this.destroyed || this.push(chunk)) return;
    this.paused = true;
    this.controller.pause();
  }

  /** The answer came to its proper end. */
  complete(): void {
    this.over = true;
    if (!this.destroyed) this.push(null);
  }

  /** The answer ended in any other way. */
  tear(refusal: Refusal): void {
    this.over = true;
    this.destroy(refusal);
  }

  override _read(): void {
    if (!this.paused) return;
    this.paused = false;
    this.onResumed();
    this.controller.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.over) this.onGivenUp(error instanceof Refusal ? error : new Refusal('CLIENT_GONE'));
    done(error);
  }
}
