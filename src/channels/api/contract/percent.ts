/**
 * Strict percent-encoding (RFC 3986 section 2), used for path segments and query parts.
 *
 * There is one reading or none: an invalid triplet, a byte that is not UTF-8 (overlong forms and surrogates
 * included), a raw byte outside visible ASCII, or a control character once decoded all make the whole value
 * unreadable. What passes is re-encoded canonically, so that the upstream cannot read it in another way.
 */

const UNRESERVED = /^[A-Za-z0-9._~-]*$/;
const VISIBLE_ASCII = /^[\x21-\x7e]*$/;
const BROKEN_TRIPLET = /%(?![0-9A-Fa-f]{2})/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL_BUT_BREAKS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
/** Reserved characters which encodeURIComponent leaves as they are. */
const LEFT_BY_BUILTIN = /[!'()*]/g;

/**
 * The decoded text, or null when the bytes have no single reading.
 *
 * @param lines whether line breaks and tabs are text, as in the fields of a form
 */
export function decodePercent(raw: string, lines = false): string | null {
  if (UNRESERVED.test(raw)) return raw;
  if (!VISIBLE_ASCII.test(raw) || BROKEN_TRIPLET.test(raw)) return null;
  try {
    const decoded = decodeURIComponent(raw);
    return (lines ? CONTROL_BUT_BREAKS : CONTROL).test(decoded) ? null : decoded;
  } catch {
    return null;
  }
}

/** Encodes everything but the unreserved characters of RFC 3986 section 2.3, with upper-case hex digits. */
export function encodePercent(text: string): string {
  if (UNRESERVED.test(text)) return text;
  return encodeURIComponent(text).replace(
    LEFT_BY_BUILTIN,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
