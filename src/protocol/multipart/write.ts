import type { Part } from './part.ts';

/** What the writer takes as a boundary: characters that need no quoting (RFC 9110 token) and are in RFC 2046 bchars. */
const BOUNDARY = /^[0-9A-Za-z_.-]{1,70}$/;
/** A backslash has two readings in a quoted string; line breaks would end the field. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is kept out
const UNWRITABLE = /[\\\u0000-\u001f\u007f]/;

/**
 * Writes `multipart/form-data`: CRLF, nothing before or after, of each part Content-Disposition and, where given,
 * Content-Type.
 *
 * @param boundary 1 to 70 letters, digits, `_`, `.` and `-`
 * @returns null where the boundary occurs in a part: ask again with another
 */
export function writeMultipart(parts: readonly Part[], boundary: string): Buffer | null {
  if (!BOUNDARY.test(boundary)) throw new TypeError('a boundary holds letters, digits, _, . and - only');
  const dashed = Buffer.from(`--${boundary}`);
  const pieces: Buffer[] = [];
  for (const part of parts) {
    const head = Buffer.from(`--${boundary}\r\n${headersOf(part)}\r\n\r\n`);
    if (part.body.includes(dashed) || head.includes(dashed, 1)) return null;
    pieces.push(head, part.body, Buffer.from('\r\n'));
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return Buffer.concat(pieces);
}

function headersOf({ name, filename, content_type }: Part): string {
  const file = filename === null ? '' : `; filename=${quoted(filename)}`;
  const type = content_type === null ? '' : `\r\nContent-Type: ${checked(content_type)}`;
  return `Content-Disposition: form-data; name=${quoted(name)}${file}${type}`;
}

/** HTML 4.10.21.8. A percent sign stays itself there, so `%22` in a name that was read as such cannot come up. */
function quoted(name: string): string {
  return `"${checked(name).replaceAll('"', '%22')}"`;
}

function checked(text: string): string {
  if (UNWRITABLE.test(text)) throw new TypeError('a name or type holds what cannot be written');
  return text;
}
