import { readBoundary } from './boundary.ts';
import { MultipartError } from './error.ts';
import { readHeaders } from './headers.ts';
import type { MultipartLimits } from './limits.ts';
import type { Part } from './part.ts';

const CRLF = Buffer.from('\r\n');
const BLANK_LINE = Buffer.from('\r\n\r\n');
const DASHES = Buffer.from('--');

/**
 * Takes a whole `multipart/form-data` body apart (RFC 2046 section 5.1, RFC 7578), in one pass over the bytes.
 *
 * Line ends are CRLF only; nothing stands before the first delimiter and nothing but one CRLF after the last; a
 * delimiter carries no padding, and its text occurs nowhere else. Bodies are views of the input.
 *
 * @param content_type the whole Content-Type field, with the boundary
 * @throws MultipartError
 */
export function parseMultipart(bytes: Buffer, content_type: string, limits: MultipartLimits): Part[] {
  const dashed = Buffer.from(`--${readBoundary(content_type)}`, 'latin1');
  if (!startsWith(bytes, dashed, 0)) throw new MultipartError('delimiter');
  const parts: Part[] = [];
  let at = dashed.length;
  while (!startsWith(bytes, DASHES, at)) {
    if (parts.length === limits.max_parts) throw new MultipartError('parts');
    if (!startsWith(bytes, CRLF, at)) throw new MultipartError('delimiter');
    const start = at + CRLF.length;
    const next = bytes.indexOf(dashed, start);
    if (next < start + CRLF.length || !startsWith(bytes, CRLF, next - CRLF.length)) {
      throw new MultipartError('delimiter');
    }
    parts.push(readPart(bytes.subarray(start, next - CRLF.length), limits));
    at = next + dashed.length;
  }
  if (parts.length === 0) throw new MultipartError('parts');
  checkEnd(bytes.subarray(at + DASHES.length));
  return parts;
}

function readPart(bytes: Buffer, limits: MultipartLimits): Part {
  const head = bytes.subarray(0, limits.max_header_bytes + BLANK_LINE.length);
  const end = head.indexOf(BLANK_LINE);
  if (end < 1) throw new MultipartError('headers');
  return { ...readHeaders(head.subarray(0, end), limits), body: bytes.subarray(end + BLANK_LINE.length) };
}

function checkEnd(rest: Buffer): void {
  if (rest.length > 0 && !rest.equals(CRLF)) throw new MultipartError('trailing');
}

function startsWith(bytes: Buffer, text: Buffer, at: number): boolean {
  return bytes.length >= at + text.length && bytes.compare(text, 0, text.length, at, at + text.length) === 0;
}
