import { type Facets, isBranched, isListed, typesOf } from './facets.ts';

/** String formats that the gate asserts and whose values have a largest length. */
const SHORT_FORMATS = new Set(['date', 'date-time', 'time', 'uuid', 'ipv4', 'ipv6', 'hostname', 'email']);
/** Number formats that the gate asserts as a range. */
const RANGE_FORMATS = new Set(['int32', 'int64']);

/** Whether a string is judged here and may be of any length. */
export function isEndlessText(facets: Facets): boolean {
  const pattern = facets.get('pattern');
  return !(
    facets.has('maxLength') ||
    SHORT_FORMATS.has(String(facets.get('format'))) ||
    (typeof pattern === 'string' && isBoundedPattern(pattern))
  );
}

/** Whether a number is judged here and lacks one of its ends. */
export function isEndlessNumber(facets: Facets): boolean {
  if (RANGE_FORMATS.has(String(facets.get('format')))) return false;
  const low = facets.has('minimum') || typeof facets.get('exclusiveMinimum') === 'number';
  const high = facets.has('maximum') || typeof facets.get('exclusiveMaximum') === 'number';
  return !(low && high);
}

/** Whether values of this type are judged here, and not listed or judged in alternatives. */
export function judges(facets: Facets, ...types: readonly string[]): boolean {
  if (isListed(facets) || isBranched(facets)) return false;
  const stated = typesOf(facets);
  return types.some((type) => stated.has(type));
}

/** A largest size that leaves room for the least one that is stated. */
export function atLeast(size: number, least: unknown): number {
  return typeof least === 'number' && least > size ? Math.ceil(least) : size;
}

/** Begins with `^` and ends with `$`, outside of alternatives at the top: text around the match is refused. */
export function isAnchored(pattern: string): boolean {
  return pattern.startsWith('^') && /(?:^|[^\\])(?:\\\\)*\$$/.test(pattern) && !hasOpenAlternative(pattern);
}

/** Anchored and without `*`, `+` or `{n,}`: what it accepts has a largest length. */
function isBoundedPattern(pattern: string): boolean {
  return isAnchored(pattern) && !/[*+]|\{\d+,\}/.test(withoutClasses(pattern));
}

/** `^a|b$` anchors neither alternative at both ends. */
function hasOpenAlternative(pattern: string): boolean {
  let depth = 0;
  for (const char of withoutClasses(pattern)) {
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === '|' && depth === 0) return true;
  }
  return false;
}

/** The pattern without what stands in `[…]` and behind a backslash, where signs stand for themselves. */
export function withoutClasses(pattern: string): string {
  return pattern.replace(/\\./gs, '').replace(/\[[^\]]*\]/g, 'c');
}
