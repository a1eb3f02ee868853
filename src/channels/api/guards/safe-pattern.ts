/**
 * Whether whatever matches a pattern is made of letters, digits and `_ . : @ + , ~ -` alone: no text of an attack is.
 * Reads the pattern from left to right and gives up at the first thing it does not know, which is the safe side.
 */
const HARMLESS = 'A-Za-z0-9_.:@+,~-';
const LITERAL = new RegExp(`[${HARMLESS.replace('.', '').replace('+', '')}]`);
const ESCAPED = /[dw.+\-:@,~_]/;
/** Inside brackets: single characters, ranges within one kind, and escapes of the same. */
const CLASS =
  /\[(?!\^)(?:A-Z|a-z|0-9|[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[A-Za-z0-9_.:@+,~]|\\[dw.+\-:@,~_]|-(?=\])|(?<=\[)-)+\]/y;
const QUANTIFIER = /(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??/y;

export function isHarmlessPattern(pattern: string): boolean {
  if (!pattern.startsWith('^') || !pattern.endsWith('$') || pattern.endsWith('\\$')) return false;
  const end = pattern.length - 1;
  let depth = 0;
  let at = 1;
  while (at < end) {
    const next = afterAtom(pattern, at, depth);
    if (next === null) return false;
    if (pattern[at] === '(') depth++;
    if (pattern[at] === ')') depth--;
    if (depth < 0) return false;
    QUANTIFIER.lastIndex = next;
    at = QUANTIFIER.test(pattern) ? QUANTIFIER.lastIndex : next;
  }
  return depth === 0 && at === end;
}

/** Offset after the atom, bracket or bar at `at`; null for anything unknown. */
function afterAtom(pattern: string, at: number, depth: number): number | null {
  const letter = pattern[at] as string;
  if (letter === '(') {
    if (pattern.startsWith('(?:', at)) return at + 3;
    return pattern[at + 1] === '?' ? null : at + 1;
  }
  if (letter === ')') return at + 1;
  // Outside of brackets a bar would leave the anchors to its two sides, one each.
  if (letter === '|') return depth > 0 ? at + 1 : null;
  if (letter === '\\') return ESCAPED.test(pattern[at + 1] ?? '') ? at + 2 : null;
  if (letter === '[') {
    CLASS.lastIndex = at;
    return CLASS.test(pattern) ? CLASS.lastIndex : null;
  }
  return LITERAL.test(letter) ? at + 1 : null;
}
