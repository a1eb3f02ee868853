import type { ParameterSegment, PathTemplate, Segment } from './template.ts';

/** What the parameters of a template hold of a raw path. Captures are never empty, and nothing is decoded. */

const ENCODED_SLASH = /%2f/i;

/**
 * What the parameters of one segment capture; null where it does not match. Fixed text between two parameters is
 * looked for from the left, so every parameter but the last is as short as it can be.
 */
export function captureSegment(segment: ParameterSegment, raw: string): string[] | null {
  const { texts, encoded } = segment;
  const captures = texts.length === 2 ? captureOne(texts, raw) : splitFromLeft(texts, raw);
  if (captures === null || !raw.includes('%')) return captures;
  return captures.some((text, index) => encoded[index] === false && ENCODED_SLASH.test(text)) ? null : captures;
}

/** Whether there are captures: the question without the answer, for the many segments that are looked at. */
export function isCaptured(segment: ParameterSegment, raw: string): boolean {
  const { texts } = segment;
  if (texts.length > 2 || raw.includes('%')) return captureSegment(segment, raw) !== null;
  const [prefix, suffix] = texts as [string, string];
  if (raw.length <= prefix.length + suffix.length) return false;
  return (prefix === '' || raw.startsWith(prefix)) && (suffix === '' || raw.endsWith(suffix));
}

/**
 * Whether these are the only captures a segment of several parameters can be read as. `a-b-c` has two readings under
 * `{x}-{y}`: a service that splits at the last hyphen would see other values than were judged here.
 *
 * @param texts fixed text before, between and behind the parameters
 */
export function hasOneReading(texts: readonly string[], segment: string, captures: readonly string[]): boolean {
  if (captures.length < 2) return true;
  const mirrored = texts.map(reverse).reverse();
  const from_left = splitFromLeft(texts, segment);
  const from_right = splitFromLeft(mirrored, reverse(segment))?.map(reverse).reverse();
  return captures.every((text, index) => text === from_left?.[index] && text === from_right?.[index]);
}

/**
 * The captures of a path which the template is known to match, in the order of its parameters; null where they can be
 * told apart in more than one way. An open parameter captures its segments with the slashes between them.
 */
export function captureAll(template: PathTemplate, raw: readonly string[]): string[] | null {
  const { segments } = template;
  const extra = raw.length - segments.length;
  const captures: string[] = [];
  let at = 0;
  for (const segment of segments) {
    const next = at + 1 + (segment.kind === 'open' ? extra : 0);
    if (segment.kind === 'open') captures.push(raw.slice(at, next).join('/'));
    if (segment.kind === 'parameter' && !captureInto(captures, segment, raw[at] as string)) return null;
    at = next;
  }
  return captures;
}

function captureInto(captures: string[], segment: ParameterSegment, raw: string): boolean {
  const found = captureSegment(segment, raw);
  if (!found || !hasOneReading(segment.texts, raw, found)) return false;
  captures.push(...found);
  return true;
}

/** Whether a raw segment may be one of those an open parameter takes. */
export function isOpenText(raw: string): boolean {
  return raw !== '' && raw !== '.' && raw !== '..' && !(raw.includes('%') && ENCODED_SLASH.test(raw));
}

/** The parameter segment that takes what an open parameter takes of one segment. */
export const ANY_SEGMENT: Segment = { kind: 'parameter', names: [''], texts: ['', ''], encoded: [false] };

function captureOne([prefix = '', suffix = '']: readonly string[], raw: string): string[] | null {
  if (raw.length <= prefix.length + suffix.length) return null;
  if (!raw.startsWith(prefix) || !raw.endsWith(suffix)) return null;
  return [raw.slice(prefix.length, raw.length - suffix.length)];
}

/** Each step only goes forward, so this is linear in the segment for every fixed text. */
function splitFromLeft(texts: readonly string[], raw: string): string[] | null {
  const [prefix = '', ...others] = texts;
  const suffix = others.pop() ?? '';
  const end = raw.length - suffix.length;
  if (!raw.startsWith(prefix) || !raw.endsWith(suffix)) return null;
  const captures: string[] = [];
  let at = prefix.length;
  for (const text of others) {
    const found = raw.indexOf(text, at + 1);
    if (found < 0 || found + text.length >= end) return null;
    captures.push(raw.slice(at, found));
    at = found + text.length;
  }
  return at < end ? [...captures, raw.slice(at, end)] : null;
}

/** By UTF-16 unit: raw paths are ASCII. */
function reverse(text: string): string {
  return text.split('').reverse().join('');
}
