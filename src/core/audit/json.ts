/**
 * JSON text for one line of the log: printable ASCII only, whatever the value.
 *
 * A line must survive readers that split on more than LF (NEL, U+2028, U+2029), terminals that obey control
 * or direction characters, and parsers that reject lone surrogates. Escaping everything outside
 * printable ASCII settles all of these at once, and makes a line's length in characters its length in bytes.
 */

/** Printable ASCII without `"` and `\`: needs no escape. */
const PLAIN = /^[ !#-[\]-~]*$/;
const NOT_PRINTABLE_ASCII = /[^ -~]/g;

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Longest text taken over from anywhere, in UTF-16 units, unless the field says less. */
export const TEXT_UNITS = 512;

/** A JSON string of at most `units` UTF-16 units of `value`; a cut is marked by an ellipsis. */
export function text(value: string, units: number = TEXT_UNITS): string {
  const bounded = value.length > units ? `${value.slice(0, units).toWellFormed()}\u2026` : value;
  if (PLAIN.test(bounded)) return `"${bounded}"`;
  return ascii(bounded.toWellFormed());
}

/** Any value as JSON in printable ASCII; not bounded. */
export const ascii = (value: unknown): string => JSON.stringify(value).replace(NOT_PRINTABLE_ASCII, escapeUnit);

/** As `text`, null stays null. */
export const textOrNull = (value: string | null, units?: number): string =>
  value === null ? 'null' : text(value, units);

/** A JSON integer; what is no finite number becomes 0, so that a line is always JSON. */
export const integer = (value: number): string => (Number.isSafeInteger(value) ? String(value) : inexact(value));

export const integerOrNull = (value: number | null): string => (value === null ? 'null' : integer(value));

function inexact(value: number): string {
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) ? String(rounded) : '0';
}

/** A JSON array of at most `most` bounded strings. */
export function texts(values: readonly string[], most: number, units?: number): string {
  if (values.length === 0) return '[]';
  let out = `[${text(values[0] ?? '', units)}`;
  const length = Math.min(values.length, most);
  for (let index = 1; index < length; index++) out += `,${text(values[index] ?? '', units)}`;
  return `${out}]`;
}
