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
  if (a.segments.length !== b.segments.length) return 'disjoint';
  let relation: Relation = 'equal';
  for (const [index, segment] of a.segments.entries()) {
    const next = relateSegments(segment, b.segments[index] as Segment);
    if (next === 'disjoint') return 'disjoint';
    if (next === 'equal' || next === relation) continue;
    relation = relation === 'equal' ? next : 'crossing';
  }
  return relation;
}

function relateSegments(a: Segment, b: Segment): Relation {
  if (a.kind === 'static' && b.kind === 'static') return a.text === b.text ? 'equal' : 'disjoint';
  if (a.kind === 'static') return captureSegment(b as ParameterSegment, a.text) === null ? 'disjoint' : 'narrower';
  if (b.kind === 'static') return captureSegment(a, b.text) === null ? 'disjoint' : 'wider';
  return relateParameters(a, b);
}

function relateParameters(a: ParameterSegment, b: ParameterSegment): Relation {
  const a_in_b = a.prefix.startsWith(b.prefix) && a.suffix.endsWith(b.suffix);
  const b_in_a = b.prefix.startsWith(a.prefix) && b.suffix.endsWith(a.suffix);
  if (a_in_b) return b_in_a ? 'equal' : 'narrower';
  if (b_in_a) return 'wider';
  const prefixes_agree = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  const suffixes_agree = a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix);
  return prefixes_agree && suffixes_agree ? 'crossing' : 'disjoint';
}

/** What a parameter segment captures of a raw segment; null where it does not match. Captures are never empty. */
export function captureSegment(segment: ParameterSegment, raw: string): string | null {
  const { prefix, suffix } = segment;
  if (raw.length <= prefix.length + suffix.length) return null;
  if (!raw.startsWith(prefix) || !raw.endsWith(suffix)) return null;
  return raw.slice(prefix.length, raw.length - suffix.length);
}
