import { readDisposition } from './disposition.ts';
import { MultipartError } from './error.ts';
import type { MultipartLimits } from './limits.ts';
import type { Part } from './part.ts';

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
/** RFC 2045 section 6.2: the encodings that leave the bytes as they are. RFC 7578 section 4.7 deprecates the field. */
const IDENTITY = /^(?:7bit|8bit|binary)$/i;

/**
 * The header section of a part, without the blank line that ends it. Continued lines (RFC 5322 section 2.2.3), bare
 * CR or LF and repeated fields have more than one reading and are refused.
 *
 * @throws MultipartError headers, field, disposition, name
 */
export function readHeaders(section: Buffer, limits: MultipartLimits): Omit<Part, 'body'> {
  const fields = splitFields(section);
  const disposition = fields.get('content-disposition');
  if (disposition === undefined) throw new MultipartError('disposition');
  const encoding = fields.get('content-transfer-encoding');
  if (encoding !== undefined && !IDENTITY.test(encoding)) throw new MultipartError('field');
  for (const name of fields.keys()) if (!KNOWN.has(name)) throw new MultipartError('field');
  return { ...readDisposition(disposition, limits.max_name_bytes), content_type: fields.get('content-type') ?? null };
}

const KNOWN: ReadonlySet<string> = new Set(['content-disposition', 'content-type', 'content-transfer-encoding']);

function splitFields(section: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of decode(section).split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!NAME.test(name) || CONTROL.test(line) || fields.has(name)) throw new MultipartError('headers');
    fields.set(name, withoutBlanks(line, colon + 1));
  }
  return fields;
}

/** Blanks are SP and HTAB only; found from both ends, so that no run of them is looked at twice. */
function withoutBlanks(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line, start)) start++;
  while (end > start && isBlank(line, end - 1)) end--;
  return line.slice(start, end);
}

function isBlank(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t';
}

function decode(section: Buffer): string {
  try {
    return UTF8.decode(section);
  } catch {
    throw new MultipartError('name');
  }
}
