/** The names of the tests in a source file, as far as its text tells. */

const CALL = /\b(?:it|test)\(\s*(['"`])/g;

/** One anchored pattern for each test; the parts of a name that are only known at run time are groups. */
export function namePatterns(source: string): RegExp[] {
  return [...source.matchAll(CALL)].map((match) => {
    const quote = match[1]!;
    return new RegExp(`^${literal(source, match.index + match[0].length, quote)}$`);
  });
}

function literal(source: string, start: number, quote: string): string {
  let pattern = '';
  for (let at = start; at < source.length && source[at] !== quote; at++) {
    if (source[at] === '\\') pattern += RegExp.escape(source[++at] ?? '');
    else if (quote === '`' && source.startsWith('${', at)) {
      pattern += '(.+?)';
      at = endOfPlaceholder(source, at + 2);
    } else pattern += RegExp.escape(source[at]!);
  }
  return pattern;
}

/** Index of the brace that closes a placeholder. */
function endOfPlaceholder(source: string, start: number): number {
  let depth = 1;
  for (let at = start; at < source.length; at++) {
    if (source[at] === '{') depth++;
    if (source[at] === '}' && --depth === 0) return at;
  }
  return source.length;
}
