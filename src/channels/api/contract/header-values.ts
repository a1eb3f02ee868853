/** Header field values (RFC 9110 section 5.5) as texts for a schema. */

/** Visible ASCII with inner blanks; bytes above it have no agreed encoding and are refused. */
const FIELD_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
const MAX_ITEMS = 256;

/**
 * The value of a field that stands once; null where it cannot be read in one way: other bytes, nothing, several lines.
 *
 * @param lines one value for each field line, blanks around it allowed
 */
export function fieldValue(lines: readonly string[]): string | null {
  const [value] = readLines(lines) ?? [];
  return value === undefined || lines.length > 1 ? null : value;
}

/**
 * The items of a list (RFC 9110 section 5.6.1) over all its lines; null where one is empty or holds a quoted string:
 * its commas would split it for some readers.
 */
export function fieldItems(lines: readonly string[]): string[] | null {
  const items = readLines(lines)
    ?.flatMap((value) => value.split(','))
    .map((item) => item.trim());
  const plain =
    items && items.length > 0 && items.length <= MAX_ITEMS && items.every((item) => item !== '' && !item.includes('"'));
  return plain ? items : null;
}

function readLines(lines: readonly string[]): string[] | null {
  const values = lines.map((line) => line.replace(/^[ \t]+|[ \t]+$/g, ''));
  return values.every((value) => FIELD_VALUE.test(value)) ? values : null;
}
