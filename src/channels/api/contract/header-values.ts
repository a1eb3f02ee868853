/** Header field values (RFC 9110 section 5.5) as texts for a schema. */

/** Visible ASCII with inner blanks; bytes above it have no agreed encoding and are refused. */
const FIELD_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
const MAX_ITEMS = 256;

/**
 * The value of a field, or the items of a list (RFC 9110 section 5.6.1); null where it cannot be read in one way:
 * other bytes, an empty value or item, a quoted string in a list (its commas would split it for some readers).
 *
 * @param lines one value for each field line, blanks around it allowed
 */
export function readFieldValue(lines: readonly string[], array: boolean): string[] | null {
  const values = lines.map((line) => line.replace(/^[ \t]+|[ \t]+$/g, ''));
  if (!values.every((value) => FIELD_VALUE.test(value))) return null;
  if (!array) return values.length === 1 ? values : null;
  const items = values.flatMap((value) => value.split(',')).map((item) => item.trim());
  const plain = items.length <= MAX_ITEMS && items.every((item) => item !== '' && !item.includes('"'));
  return plain ? items : null;
}
