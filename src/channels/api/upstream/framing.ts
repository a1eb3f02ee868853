import type { IncomingHttpHeaders } from 'undici/types/header.js';
import { Refusal } from '../../../core/errors/refusal.ts';

/**
 * Holds an answer's framing to what can be told apart from a truncated one (RFC 9112 section 6.3): a
 * Content-Length, or exactly one `chunked`. A body that only ends with the connection is refused, because
 * whoever can cut the connection could cut the answer.
 *
 * @returns the refusal, or null.
 */
export function framingRefusal(
  method: string,
  status: number,
  headers: IncomingHttpHeaders,
  max_response_bytes: number,
): Refusal | null {
  if (status > 599) return protocol('status out of range');
  if (method === 'HEAD' || status === 204 || status === 304) return null;
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (coding !== undefined) {
    if (length !== undefined) return protocol('Content-Length and Transfer-Encoding');
    return typeof coding === 'string' && coding.toLowerCase() === 'chunked' ? null : protocol('Transfer-Encoding');
  }
  if (typeof length !== 'string') return protocol('no Content-Length and no Transfer-Encoding');
  return Number(length) > max_response_bytes ? tooLarge() : null;
}

export function tooLarge(): Refusal {
  return new Refusal('FILTER_BODY_TOO_LARGE', { reason: 'body larger than the operation allows' });
}

function protocol(reason: string): Refusal {
  return new Refusal('FORWARD_PROTOCOL', { reason });
}
