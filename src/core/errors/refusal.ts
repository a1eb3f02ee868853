import { CODES, type RefusalCode, type StepName } from './codes.ts';

/** What a refusal may add to its code. Nothing here may hold a value the far end sent. */
export interface RefusalDetail {
  /** JSON Pointer (RFC 6901) to the offending place in the body, or `query/name`, `path/name`, `header/name`. */
  readonly pointer?: string;
  /** The rule that was broken: a schema keyword or a short word of ours; told to the caller. */
  readonly rule?: string;
  /** Why, for the record only: never told to the caller, never holds payload values. */
  readonly reason?: string;
  /** Seconds until a retry may succeed; becomes Retry-After. */
  readonly retry_after_s?: number;
}

/**
 * The only thing a step throws on purpose. Anything else that escapes a step is recorded as INTERNAL and
 * refuses the exchange just the same (fail closed).
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly detail: RefusalDetail;

  constructor(code: RefusalCode, detail: RefusalDetail = {}) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
  }

  get step(): StepName {
    return CODES[this.code].step;
  }
}
