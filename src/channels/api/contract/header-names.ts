/** Header fields and contracts: which names a contract may not speak about, and which it need not. */

/**
 * Declared elsewhere in OpenAPI, so a parameter of that name "SHALL be ignored" (Parameter Object); and what contracts
 * often declare although the gate speaks for itself there: it is the upstream's only user agent, and tells callers
 * of its own budgets. What is ignored is noted, and does not pass.
 */
const IGNORED_IN_REQUESTS = new Set(['accept', 'content-type', 'authorization', 'user-agent']);
const IGNORED_IN_RESPONSES = new Set(['content-type', 'ratelimit', 'ratelimit-policy']);

/**
 * Fields which the gate itself writes, which frame the message, which change what a server thinks was asked,
 * or which ask for part of a body that can only be judged whole.
 */
const RESERVED = new Set([
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'content-encoding',
  'content-range',
  'accept-encoding',
  'expect',
  'range',
  'if-range',
  'cookie',
  'set-cookie',
  'forwarded',
  'via',
  'max-forwards',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'traceparent',
  'tracestate',
  'strict-transport-security',
]);
const RESERVED_PREFIXES = ['proxy-', 'x-forwarded-', 'sallyport-', 'sec-'];
const TOKEN = /^[!#$%&'*+.^`|~0-9a-z-]+$/;

export type HeaderUse = 'declared' | 'ignored' | 'reserved' | 'invalid';

/** @param name lower case. A name with an underscore is invalid: servers confuse it with a hyphen. */
export function headerUse(name: string, direction: 'request' | 'response'): HeaderUse {
  const ignored = direction === 'request' ? IGNORED_IN_REQUESTS : IGNORED_IN_RESPONSES;
  if (ignored.has(name)) return 'ignored';
  if (!TOKEN.test(name)) return 'invalid';
  return RESERVED.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) ? 'reserved' : 'declared';
}
