import errors from 'undici/lib/core/errors.js';
import type { RefusalCode } from '../../../core/errors/codes.ts';
import { Refusal } from '../../../core/errors/refusal.ts';
import { DialError, platformReason } from '../../../core/resolver/dial-error.ts';
import type { Finding } from './breaker.ts';
import type { UpstreamAnswer } from './options.ts';

/** Codes that say something about the address; the others are about this request or its caller. */
export const BLAMES_ADDRESS: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'FORWARD_UNREACHABLE',
  'FORWARD_UNPROVEN',
  'FORWARD_BROKEN',
  'FORWARD_PROTOCOL',
  'FORWARD_LATE',
]);

/** Codes after which another attempt may do better. */
export const RETRYABLE: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'FORWARD_UNREACHABLE',
  'FORWARD_UNPROVEN',
  'FORWARD_BROKEN',
  'FORWARD_LATE',
]);

/**
 * Statuses that say the server could not: what it did not implement (501) it will not at another address either.
 */
export function isServerError(status: number): boolean {
  return status >= 500 && status !== 501;
}

/** What servers, and proxies before them, say when the service as a whole is not there (RFC 9110 section 15.6). */
const UNAVAILABLE: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * What the end of a request says about the upstream as a whole. A 500 says nothing: it is about one operation, and one
 * caller can provoke it.
 */
export function findingOf(outcome: UpstreamAnswer | Refusal): Finding {
  if (!(outcome instanceof Refusal)) return UNAVAILABLE.has(outcome.status) ? 'bad' : 'good';
  return BLAMES_ADDRESS.has(outcome.code) || outcome.code === 'FORWARD_NAME' ? 'bad' : 'nothing';
}

/** The refusal of a request that was not sent again because too many were. */
export function unrepeated({ code, detail }: Refusal): Refusal {
  const reason = [detail.reason, 'not repeated: the retry budget is used up'].filter(Boolean).join('; ');
  return new Refusal(code, { ...detail, reason });
}

/** Code and our own words, for an operator. */
export function reasonText({ code, detail }: Refusal): string {
  return detail.reason === undefined ? code : `${code}: ${detail.reason}`;
}

/** Our own call of undici was wrong; that is a fault of the gate, not of the upstream. */
const MISUSE: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** How undici and the platform say that the peer broke HTTP rather than the connection. */
const PROTOCOL_MESSAGES: ReadonlySet<string> = new Set(['bad response', 'bad upgrade']);

/**
 * The refusal for an error that ended a dispatched request. Never carries bytes of the answer.
 *
 * @param stream_ended whether the upstream had closed its side before the error: the parser reports a message
 *   cut short and a message that is wrong with the same errors.
 */
export function refusalFor(error: unknown, stream_ended = false): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DialError) return new Refusal(error.code, { reason: error.reason });
  if (MISUSE.has(platformReason(error))) return new Refusal('INTERNAL', { reason: reasonOf(error) });
  const code = isProtocolError(error, stream_ended) ? 'FORWARD_PROTOCOL' : 'FORWARD_BROKEN';
  return new Refusal(code, { reason: reasonOf(error) });
}

/** True when bytes came that are not the answer HTTP/1.1 calls for at this point. */
export function isProtocolError(error: unknown, stream_ended: boolean): boolean {
  if (!(error instanceof Error)) return false;
  const code = platformReason(error);
  if (error instanceof errors.HTTPParserError || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return !stream_ended;
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'ERR_ASSERTION') return true;
  return code === 'UND_ERR_SOCKET' && PROTOCOL_MESSAGES.has(error.message);
}

function reasonOf(error: unknown): string {
  const code = platformReason(error);
  return code === 'UND_ERR_SOCKET' && error instanceof Error ? error.message : code;
}
