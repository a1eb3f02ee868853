import { Refusal } from '../../../core/errors/index.ts';
import type { Fields } from './fields.ts';

/** How the body of an HTTP/1.1 message is delimited. */
export interface Framing {
  readonly has_body: boolean;
  /** Declared length in bytes; null for chunked. */
  readonly content_length: number | null;
}

/** RFC 9110 section 8.6, without leading zeros, which some parsers read as octal. */
const CONTENT_LENGTH = /^(?:0|[1-9][0-9]{0,15})$/;

/**
 * Message framing of HTTP/1.1 (RFC 9112 section 6): at most one of Content-Length and Transfer-Encoding, and
 * of the latter only a single `chunked`.
 *
 * @throws Refusal ADMIT_FRAMING
 */
export function readFraming(fields: Fields): Framing {
  const coding = fields.single('transfer-encoding');
  const length = fields.single('content-length');
  if (coding !== undefined) {
    if (length !== undefined) throw refuse('both length and coding');
    if (coding.toLowerCase() !== 'chunked') throw refuse('transfer coding');
    return { has_body: true, content_length: null };
  }
  return lengthOnly(length);
}

/** HTTP/2 frames its own bodies; a Content-Length must still be one plain number (RFC 9113 section 8.1.1). */
export function readHttp2Framing(fields: Fields, end_of_stream: boolean): Framing {
  const { content_length } = lengthOnly(fields.single('content-length'));
  return { has_body: !end_of_stream, content_length: end_of_stream ? 0 : content_length };
}

function lengthOnly(length: string | undefined): Framing {
  if (length === undefined) return { has_body: false, content_length: null };
  if (!CONTENT_LENGTH.test(length)) throw refuse('content length');
  const content_length = Number(length);
  return { has_body: content_length > 0, content_length };
}

function refuse(reason: string): Refusal {
  return new Refusal('ADMIT_FRAMING', { reason });
}
