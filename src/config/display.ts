/** How values and key paths look in a message. What stands in a file must not be able to play with a terminal. */

const LONGEST = 60;
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A value as a message shows it. Text over several lines, which may be a pasted key, is only counted. */
export function displayValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  const lines = value.split('\n').length;
  if (lines > 1) return `a text of ${lines} lines`;
  if (value.includes('-----BEGIN')) return 'a PEM text';
  return quote(value);
}

/** A text in quotes, without control or formatting characters, shortened to 60 characters. */
export function quote(text: string): string {
  const characters = [...text];
  const short = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : text;
  return `"${escapeUnsafe(short.replaceAll('\\', '\\\\').replaceAll('"', '\\"'))}"`;
}

/** `zones.partner.listen[0].port`; a key that is not a plain word is quoted: `zones["my zone"]`. */
export function displayPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(String(step)))
      text += text === '' ? String(step) : `.${String(step)}`;
    else text += `[${quote(String(step))}]`;
  }
  return text;
}

function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
