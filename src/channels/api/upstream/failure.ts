import { errors } from 'undici';
import type { RefusalCode } from '../../../core/errors/codes.ts';
import { Refusal } from '../../../core/errors/refusal.ts';
import { DialError, platformReason } from '../../../core/resolver/dial-error.ts';

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
