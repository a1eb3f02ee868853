import { Readable } from 'node:stream';
import { Refusal, type RefusalCode } from '../../../core/errors/index.ts';
import type { RequestStream, StreamBounds } from '../transport.ts';
import { type BodyHooks, isOver } from './read-body.ts';

export interface StreamHooks extends BodyHooks {
  /** Called once, when the first byte is wanted. */
  readonly onStart: () => void;
  /** Why a body that came to its end is refused all the same. */
  readonly flawed: () => Refusal | null;
}

/**
 * A body handed on while it arrives. The source is paused whenever nobody wants more, so that a slow receiver slows the
 * sender down; the time runs only while something is wanted.
 */
export class BodyStream extends Readable implements RequestStream {
  size_bytes = 0;
  readonly #source: Readable;
  readonly #declared_bytes: number | null;
  readonly #bounds: StreamBounds;
  readonly #hooks: StreamHooks;
  #started = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(source: Readable, declared_bytes: number | null, bounds: StreamBounds, hooks: StreamHooks) {
    super();
    this.#source = source;
    this.#declared_bytes = declared_bytes;
    this.#bounds = bounds;
    this.#hooks = hooks;
    // Who reads it listens while reading; before and after that an error has no other listener.
    this.on('error', ignore);
  }

  override _read(): void {
    if (!this.#started) this.#start();
    if (this.destroyed) return;
    this.#timer ??= setTimeout(() => this.#fail('ADMIT_BODY_LATE'), this.#bounds.silence_ms);
    this.#source.resume();
  }

  #start(): void {
    this.#started = true;
    const source = this.#source;
    this.#hooks.onStart();
    source.on('data', this.#onData).on('end', this.#onEnd);
    source.on('error', this.#onLost).on('close', this.#onLost).on('aborted', this.#onLost);
    this.#hooks.onBroken((code) => this.#fail(code));
    if (isOver(source, this.#hooks.gone)) this.#onLost();
  }

  #onData = (chunk: Buffer): void => {
    this.size_bytes += chunk.length;
    if (this.size_bytes > this.#bounds.max_bytes) return void this.destroy(this.#bounds.tooLarge());
    const over = this.#declared_bytes !== null && this.size_bytes > this.#declared_bytes;
    if (over) return this.#fail('ADMIT_FRAMING');
    this.#stopTimer();
    if (!this.push(chunk)) this.#source.pause();
    else this.#timer = setTimeout(() => this.#fail('ADMIT_BODY_LATE'), this.#bounds.silence_ms);
  };

  #onEnd = (): void => {
    if (this.#declared_bytes !== null && this.size_bytes !== this.#declared_bytes) return this.#fail('ADMIT_FRAMING');
    const flaw = this.#hooks.flawed();
    if (flaw) return void this.destroy(flaw);
    if (this.size_bytes < this.#bounds.min_bytes) return void this.destroy(this.#bounds.tooSmall());
    this.#detach();
    this.push(null);
  };

  #onLost = (): void => this.#fail(this.#hooks.lost(this.size_bytes));

  #fail(code: RefusalCode): void {
    this.destroy(new Refusal(code));
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#detach();
    if (!this.#source.readableEnded) this.#source.pause();
    done(error);
  }

  #detach(): void {
    this.#stopTimer();
    const source = this.#source;
    source.off('data', this.#onData).off('end', this.#onEnd);
    source.off('error', this.#onLost).off('close', this.#onLost).off('aborted', this.#onLost);
    source.on('error', ignore);
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** A stream given up on may still emit an error; without a listener it would end the process. */
function ignore(): void {}
