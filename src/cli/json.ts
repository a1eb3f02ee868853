/** Control and formatting characters, but for the line ends between members. */
const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * JSON for machines, indented, with a final newline. A terminal may show it too: what could play with that stands as
 * `\u009b`.
 */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(UNSAFE, escaped)}\n`;
}

/** The same on one line, without an end. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escaped);
}

/** Beyond the basic plane it is a pair of escapes (RFC 8259 section 7). */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
