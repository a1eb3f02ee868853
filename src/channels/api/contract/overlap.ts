import { ANY_SEGMENT, isCaptured } from './capture.ts';
import type { ParameterSegment, PathTemplate, Segment } from './template.ts';

/**
 * How two path templates relate, as sets of request paths.
 *
 * - `disjoint`: no path matches both
 * - `equal`: the same paths match both
 * - `narrower`, `wider`: every path of one matches the other
 * - `crossing`: some paths match both, and neither is the more specific
 */
export type Relation = 'disjoint' | 'equal' | 'narrower' | 'wider' | 'crossing';

/** How the first relates to the second; `narrower` when the first is the more specific. */
export function relateTemplates(a: PathTemplate, b: PathTemplate): Relation {
  const some = unrolled(a, b).some((path) => aligns(path, b, meets));
  if (!some) return 'disjoint';
  const a_in_b = unrolled(a, b).every((path) => aligns(path, b, (inner, outer) => covers(outer, inner)));
  const b_in_a = unrolled(b, a).every((path) => aligns(path, a, (inner, outer) => covers(outer, inner)));
  if (a_in_b) return b_in_a ? 'equal' : 'narrower';
  return b_in_a ? 'wider' : 'crossing';
}

/**
 * A template as templates of fixed length. An open parameter is unrolled into one segment, two, and so on up to more
 * than the other template has: from there on another one changes nothing.
 */
function unrolled({ segments }: PathTemplate, other: PathTemplate): (readonly Segment[])[] {
  const open = segments.findIndex(({ kind }) => kind === 'open');
  if (open < 0) return [segments];
  const [before, behind] = [segments.slice(0, open), segments.slice(open + 1)];
  return Array.from({ length: other.segments.length + 1 }, (_, more) => [
    ...before,
    ...Array.from({ length: more + 1 }, () => ANY_SEGMENT),
    ...behind,
  ]);
}

/** Holds segments of a fixed number against a template, position by position. */
function aligns(
  path: readonly Segment[],
  { segments }: PathTemplate,
  holds: (segment: Segment, against: Segment) => boolean,
): boolean {
  const open = segments.findIndex(({ kind }) => kind === 'open');
  if (open < 0 ? path.length !== segments.length : path.length < segments.length) return false;
  const extra = path.length - segments.length;
  return path.every((segment, index) => {
    if (open < 0 || index < open) return holds(segment, segments[index] as Segment);
    return holds(segment, index <= open + extra ? ANY_SEGMENT : (segments[index - extra] as Segment));
  });
}

/** Whether some raw segment matches both; neither of them is open. */
export function meets(a: Segment, b: Segment): boolean {
  if (a.kind === 'static') return b.kind === 'static' ? a.text === b.text : matches(b, a.text);
  if (b.kind === 'static') return matches(a, b.text);
  if (a.kind === 'open' || b.kind === 'open') return true;
  const [head, tail] = [a.texts[0] as string, a.texts.at(-1) as string];
  const [other_head, other_tail] = [b.texts[0] as string, b.texts.at(-1) as string];
  // What stands in between can always be put in a row: parameters take anything.
  const heads_agree = head.startsWith(other_head) || other_head.startsWith(head);
  return heads_agree && (tail.endsWith(other_tail) || other_tail.endsWith(tail));
}

/** A character no path holds, so that fixed text never matches it and every parameter does. */
const ANYTHING = '\0';

/** Whether every raw segment that matches the inner one matches the outer one too; neither of them is open. */
function covers(outer: Segment, inner: Segment): boolean {
  if (inner.kind === 'static') return outer.kind === 'static' ? outer.text === inner.text : matches(outer, inner.text);
  if (outer.kind !== 'parameter' || inner.kind !== 'parameter') return false;
  if (inner.encoded.includes(true) && outer.encoded.includes(false)) return false;
  return isCaptured(outer, inner.texts.join(ANYTHING));
}

function matches(segment: Segment, text: string): boolean {
  return isCaptured(segment as ParameterSegment, text);
}
