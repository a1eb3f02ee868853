/** What a collector says to an export (OTLP specification, "OTLP/HTTP Response"). */

/** What came of an export. */
export type Delivery =
  | { readonly taken: true /** Spans of it that the collector does not want. */; readonly rejected: number }
  | {
      readonly taken: false;
      /** Whether the same may be sent once more. */
      readonly again: boolean;
      /** Not before this time is over, as the collector asks. 0 where it does not. */
      readonly after_ms: number;
      /** Our own words and a code; nothing of what the collector sent. */
      readonly why: string;
    };

export interface CollectorAnswer {
  readonly status: number;
  /** Of `Retry-After`, as it was sent; null where there is none. */
  readonly retry_after: string | null;
  readonly body: Buffer;
}

/** Statuses after which the same is sent again; after all others it is given up. */
const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * @param spans how many were sent: a collector cannot reject more
 * @param now_ms Unix milliseconds
 */
export function judgeAnswer({ status, retry_after, body }: CollectorAnswer, spans: number, now_ms: number): Delivery {
  if (status < 200 || status > 299) {
    const again = AGAIN.has(status);
    return { taken: false, again, after_ms: again ? waitOf(retry_after, now_ms) : 0, why: `status ${status}` };
  }
  const rejected = rejectedBy(body);
  if (rejected === null) return { taken: false, again: false, after_ms: 0, why: 'its answer is not one of OTLP' };
  return { taken: true, rejected: Math.min(rejected, spans) };
}

/** Seconds or an HTTP date (RFC 9110 section 10.2.3), in milliseconds from now; 0 where it is neither, or over. */
function waitOf(retry_after: string | null, now_ms: number): number {
  if (retry_after === null) return 0;
  if (/^[0-9]{1,9}$/.test(retry_after)) return Number(retry_after) * 1000;
  const until_ms = /^[A-Z][a-z]{2,8},? /.test(retry_after) ? Date.parse(retry_after) : Number.NaN;
  return Number.isNaN(until_ms) ? 0 : Math.max(0, until_ms - now_ms);
}

/**
 * Spans that the collector did not want: an `ExportTraceServiceResponse` says so in `partialSuccess`. Null for what is no
 * such answer: who says 200 to everything, such as a web page, has taken nothing.
 */
function rejectedBy(body: Buffer): number | null {
  if (body.length === 0) return 0;
  const answer = parsed(body);
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return null;
  const partial: unknown = Object.hasOwn(answer, 'partialSuccess') ? Reflect.get(answer, 'partialSuccess') : null;
  if (typeof partial !== 'object' || partial === null) return 0;
  // A 64-bit integer: text by the standard, a number by some.
  const rejected = Number(Reflect.get(partial, 'rejectedSpans') ?? 0);
  return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
