/** Sets of bytes, and runs of them, for the tokens that rules know. */
import { byteAt, type InspectedText, type Span } from './rule.ts';

/** 1 for each byte of the set. */
export type CharacterSet = Uint8Array;

/** @param pattern the inside of a regular expression's class: `A-Za-z0-9_-` */
export function characters(pattern: string): CharacterSet {
  const matcher = new RegExp(`^[${pattern}]$`);
  const set = new Uint8Array(256);
  for (let code = 1; code < 128; code++) if (matcher.test(String.fromCharCode(code))) set[code] = 1;
  return set;
}

/** All bytes but those of the class; the end of the text, which reads as 0, is among them. */
export function allBut(pattern: string): CharacterSet {
  return characters(pattern).map((member) => 1 - member);
}

export const CAPITALS = characters('A-Z');
export const ALPHANUMERIC = characters('A-Za-z0-9');
export const BASE64URL = characters('A-Za-z0-9_-');
export const BASE64 = characters('A-Za-z0-9+/');
export const LOWER_HEX = characters('0-9a-f');

/** After the last byte of the run that begins at `at`, at most `most` long. */
export function runEnd(text: InspectedText, at: number, set: CharacterSet, most: number): number {
  const last = Math.min(text.end, at + most);
  let end = at;
  while (end < last && set[text.bytes[end] as number] === 1) end++;
  return end;
}

/** Whether the text goes on at `at` with exactly `[min, max]` characters of the set, and then with others. */
export function exactRun(
  text: InspectedText,
  at: number,
  { set, min, max }: { readonly set: CharacterSet; readonly min: number; readonly max: number },
): Span | null {
  const end = runEnd(text, at, set, max + 1);
  return end - at >= min && end - at <= max ? { start: at, end } : null;
}

/** Whether nothing of the set stands right before `at`. */
export function begins(text: InspectedText, at: number, set: CharacterSet): boolean {
  return set[byteAt(text, at - 1)] !== 1;
}

/** Whether a text has these letters at `at`, case included. */
export function standsAt(text: InspectedText, at: number, letters: string): boolean {
  if (at < text.start || at + letters.length > text.end) return false;
  for (let index = 0; index < letters.length; index++) {
    if (text.bytes[at + index] !== letters.charCodeAt(index)) return false;
  }
  return true;
}

/** Shannon's entropy of the characters of a text, in bits for each. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
