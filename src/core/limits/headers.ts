/**
 * What a caller is told about its budgets: RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10,
 * structured fields of RFC 9651) and Retry-After (RFC 9110, 10.2.3).
 */

export interface AppliedLimit {
  /** Name of the limit: printable ASCII. */
  readonly name: string;
  readonly quota: number;
  readonly window_ms: number;
  readonly remaining: number;
  readonly reset_s: number;
}

/** `"machine";q=600;w=60, "party";q=3000;w=60`; a window that is not whole seconds is left out, as the draft allows. */
export function rateLimitPolicy(limits: readonly AppliedLimit[]): string {
  return limits
    .map(({ name, quota, window_ms }) => {
      const window = window_ms % 1000 === 0 ? `;w=${integer(window_ms / 1000)}` : '';
      return `${string(name)};q=${integer(quota)}${window}`;
    })
    .join(', ');
}

/** `"machine";r=50;t=30`: units left, and seconds until the quota is whole again. */
export function rateLimit(limits: readonly AppliedLimit[]): string {
  return limits
    .map(({ name, remaining, reset_s }) => `${string(name)};r=${integer(remaining)};t=${integer(Math.ceil(reset_s))}`)
    .join(', ');
}

/** The limit with the smallest part of its quota left; the first of equals; undefined when none applied. */
export function tightest(limits: readonly AppliedLimit[]): AppliedLimit | undefined {
  const left = (limit: AppliedLimit) => limit.remaining / limit.quota;
  return limits.reduce<AppliedLimit | undefined>(
    (best, limit) => (best === undefined || left(limit) < left(best) ? limit : best),
    undefined,
  );
}

/** Whole seconds, at least 1: 0 would invite the retry that was just refused. */
export function retryAfter(seconds: number): string {
  return integer(Math.max(1, Math.ceil(seconds)));
}

/** RFC 9651, 3.3.1: at most 15 digits. */
function integer(value: number): string {
  return String(Math.min(999_999_999_999_999, Math.max(0, Math.floor(value))));
}

/** Needs no escape. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** RFC 9651, 3.3.3: printable ASCII, quote and backslash escaped. Anything else cannot be said and becomes `?`. */
function string(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return `"${text.replace(/[^ -~]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
