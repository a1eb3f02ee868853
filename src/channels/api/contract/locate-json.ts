/**
 * Finds where a JSON Pointer stands in JSON text. Only used once something is wrong: keeping positions while
 * reading costs more than reading a large contract.
 */

const BLANK = /[ \t\r\n]/;

/** Offset of the member's key (objects) or of the item (arrays); the deepest place that exists otherwise. */
export function locateInJson(text: string, parts: readonly string[]): number {
  let value = skipBlank(text, 0);
  let found = value;
  for (const part of parts) {
    const next = text[value] === '{' ? findMember(text, value, part) : findItem(text, value, part);
    if (!next) break;
    found = next.start;
    value = next.value;
  }
  return found;
}

interface Place {
  /** Offset of the key, or of the item itself. */
  readonly start: number;
  readonly value: number;
}

function findMember(text: string, object: number, name: string): Place | null {
  let at = skipBlank(text, object + 1);
  while (at < text.length && text[at] === '"') {
    const start = at;
    const end = skipString(text, at);
    const value = skipBlank(text, skipBlank(text, end) + 1);
    if (readKey(text.slice(start, end)) === name) return { start, value };
    at = skipComma(text, skipValue(text, value));
  }
  return null;
}

function findItem(text: string, array: number, index: string): Place | null {
  if (text[array] !== '[') return null;
  let at = skipBlank(text, array + 1);
  for (let count = 0; at < text.length && text[at] !== ']'; count++) {
    if (String(count) === index) return { start: at, value: at };
    const after = skipComma(text, skipValue(text, at));
    if (after === at) return null;
    at = after;
  }
  return null;
}

function readKey(quoted: string): string | null {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return null;
  }
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANK.test(text[at] as string)) at++;
  return at;
}

function skipComma(text: string, from: number): number {
  const at = skipBlank(text, from);
  return text[at] === ',' ? skipBlank(text, at + 1) : at;
}

function skipString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === '"') at = skipString(text, at);
    else if (depth === 0 && (char === ',' || char === '}' || char === ']' || BLANK.test(char))) return at;
    else at++;
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    if (depth === 0 && (char === '"' || char === '}' || char === ']')) return at;
  }
  return at;
}
