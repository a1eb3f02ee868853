/** Header fields and contracts: which names a contract may not speak about, and which it need not. */

/**
 * Declared elsewhere in OpenAPI, so a parameter of that name "SHALL be ignored" (Parameter Object); and what contracts
 * often declare although the gate speaks for itself there: it is the upstream's only user agent, and tells callers
 * of its own budgets. What is ignored is noted, and does not pass.
 */
const IGNORED_IN_REQUESTS = new Set(['accept', 'content-type', 'authorization', 'user-agent']);
const IGNORED_IN_RESPONSES = new Set(['content-type', 'ratelimit', 'ratelimit-policy']);

/**
 * Fields which the gate itself writes, or which ask for part of a body that can only be judged whole. Descriptions
 * declare them because their authors see them on the wire; what a caller sends there is dropped.
 */
const GATE = new Set([
  'host',
  'content-length',
  'content-encoding',
  'content-range',
  'accept-encoding',
  'accept-charset',
  'expect',
  'range',
  'if-range',
  'cookie',
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'traceparent',
  'tracestate',
]);
const GATE_PREFIXES = ['x-forwarded-', 'sec-'];

/** Fields which frame the message, or which change what a server thinks was asked or by whom. */
const RESERVED = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'max-forwards',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'strict-transport-security',
]);
const RESERVED_PREFIXES = ['proxy-', 'sallyport-'];
const TOKEN = /^[!#$%&'*+.^`|~0-9a-z-]+$/;

/**
 * - `ignored`: read past, whether or not it is required
 * - `gate`: the gate's to write; read past where nothing depends on it
 * - `reserved`: no contract may speak about it in requests
 */
export type HeaderUse = 'declared' | 'ignored' | 'gate' | 'reserved' | 'invalid';

/** What to do about an invalid name; undefined where nothing general can be said. */
export function headerRemedy(name: string): string | undefined {
  return name.includes('_')
    ? 'Servers differ on the underscore: remove the header, or rename it with the service; in an overlay if the file is not yours'
    : undefined;
}

/** @param name lower case. A name with an underscore is invalid: servers confuse it with a hyphen. */
export function headerUse(name: string, direction: 'request' | 'response'): HeaderUse {
  const ignored = direction === 'request' ? IGNORED_IN_REQUESTS : IGNORED_IN_RESPONSES;
  if (ignored.has(name)) return 'ignored';
  if (!TOKEN.test(name)) return 'invalid';
  if (RESERVED.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))) return 'reserved';
  return GATE.has(name) || GATE_PREFIXES.some((prefix) => name.startsWith(prefix)) ? 'gate' : 'declared';
}
