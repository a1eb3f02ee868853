/** Content codings of HTTP (RFC 9110 section 8.4.1; RFC 7932, RFC 8878) that are taken off at the gate. */
export const CODINGS = ['gzip', 'deflate', 'br', 'zstd'] as const;
export type Coding = (typeof CODINGS)[number];

/**
 * The coding a Content-Encoding field names.
 *
 * @returns null for none, 'unknown' for any other and for a list: two codings multiply what one byte may become
 */
export function codingOf(content_encoding: string | undefined): Coding | 'unknown' | null {
  if (content_encoding === undefined) return null;
  const name = content_encoding.toLowerCase();
  if (name === 'identity') return null;
  // RFC 9110 section 8.4.1.3: recipients take the old name for the same.
  if (name === 'x-gzip') return 'gzip';
  return CODINGS.find((coding) => coding === name) ?? 'unknown';
}
