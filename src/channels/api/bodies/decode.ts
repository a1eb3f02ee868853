import { pipeline, Readable, Transform, type TransformCallback } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { Refusal, type RefusalCode } from '../../../core/errors/index.ts';
import type { Coding } from './codings.ts';
import { collect } from './collect.ts';
import type { SizeBounds } from './size.ts';

export interface DecodeBounds extends SizeBounds {
  /** Bytes that one compressed byte may become, once there are more than 64 KiB of them. */
  readonly ratio: number;
  /** The code where the bytes are not of the coding, go on after its end, or become too many. */
  readonly broken: RefusalCode;
}

/** What decodes to no more than this is not worth an attacker's while: short texts of one letter are honest. */
const RATIO_FREE_BYTES = 64 * 1024;
/** RFC 9659: a window larger than 8 MiB is not for HTTP. */
const ZSTD_WINDOW_LOG_MAX = 23;

type Engine = Transform & { readonly bytesWritten: number };

/**
 * Takes one content coding off a body while it arrives. Never more than the bounds of it is in memory or passed on.
 * What remains behind the end of the coded data is refused: another decoder might read it.
 *
 * @returns a stream that ends with a Refusal: `broken` with rule 'coding' or 'ratio', those of the size bounds, or what
 *   the source ended with
 */
export function decoded(source: Readable, coding: Coding, bounds: DecodeBounds): Readable {
  const input = new CountedInput();
  const engine = engineOf(coding);
  const output = new BoundedOutput(input, engine, bounds);
  // Between two readers an error has no other listener.
  output.on('error', ignore);
  pipeline(source, input, engine, output, ignore);
  return output;
}

/** As `decoded`, of a body that is there as a whole. */
export function decodeWhole(bytes: Buffer, coding: Coding, bounds: DecodeBounds): Promise<Buffer> {
  return collect(decoded(Readable.from([bytes], { objectMode: false }), coding, bounds));
}

function engineOf(coding: Coding): Engine {
  switch (coding) {
    case 'gzip':
      return createGunzip();
    // RFC 9110 section 8.4.1.2: the zlib format, not the bare deflate data that some senders give that name.
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX } });
  }
}

/** Counts what the engine is given: it ends at the end of the coded data and says nothing of what remains. */
class CountedInput extends Transform {
  size_bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size_bytes += chunk.length;
    done(null, chunk);
  }
}

class BoundedOutput extends Transform {
  readonly #input: CountedInput;
  readonly #engine: Engine;
  readonly #bounds: DecodeBounds;
  #size_bytes = 0;

  constructor(input: CountedInput, engine: Engine, bounds: DecodeBounds) {
    super();
    this.#input = input;
    this.#engine = engine;
    this.#bounds = bounds;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const { max_bytes, ratio, broken, tooLarge } = this.#bounds;
    this.#size_bytes += chunk.length;
    if (this.#size_bytes > max_bytes) return done(tooLarge());
    const inflated = this.#size_bytes > RATIO_FREE_BYTES && this.#size_bytes > ratio * this.#engine.bytesWritten;
    if (inflated) return done(new Refusal(broken, { pointer: '', rule: 'ratio' }));
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    if (this.#input.size_bytes > this.#engine.bytesWritten) {
      return done(new Refusal(this.#bounds.broken, { pointer: '', rule: 'coding' }));
    }
    done(this.#size_bytes < this.#bounds.min_bytes ? this.#bounds.tooSmall() : null);
  }

  /** Whatever else ended it, such as an error of zlib, is one of the coded data. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const known = error === null || error instanceof Refusal;
    done(known ? error : new Refusal(this.#bounds.broken, { pointer: '', rule: 'coding' }));
  }
}

function ignore(): void {}
