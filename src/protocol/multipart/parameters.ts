/**
 * Parameters of a header field (RFC 9110 section 5.6.6): `; name=token` or `; name="quoted"`.
 *
 * A backslash in a quoted string is an escape to mail and HTTP and itself to browsers (HTML 4.10.21.8), so a value
 * with one has two readings, and none here.
 */

const PARAMETER =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is kept out
  /[ \t]*;[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"([^"\\\u0000-\u001f\u007f]*)")/y;
const BLANKS = /[ \t]*$/y;

/** By lower-case name; null where the text is malformed or a name stands twice. */
export function readParameters(text: string): Map<string, string> | null {
  const found = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(text);
    if (!match) break;
    const name = (match[1] as string).toLowerCase();
    if (found.has(name)) return null;
    found.set(name, match[2] ?? (match[3] as string));
    at = PARAMETER.lastIndex;
  }
  BLANKS.lastIndex = at;
  return BLANKS.test(text) ? found : null;
}
