import { isCaptured, isOpenText } from './capture.ts';
import type { ParameterSegment, PathTemplate, Segment } from './template.ts';

/**
 * Templates by their segments. Every node stands at one distance from the start of the path, or, behind an open
 * parameter, from its end: so one search visits a node at most once, and no path can make it take longer than the
 * templates there are.
 */
export interface Branch<Leaf> {
  readonly statics: Map<string, Branch<Leaf>>;
  readonly parameters: { readonly segment: ParameterSegment; readonly branch: Branch<Leaf> }[];
  /** What stands behind an open parameter here, read from the end of the path. */
  behind: Branch<Leaf> | null;
  leaf: Leaf | null;
}

export function createBranch<Leaf>(): Branch<Leaf> {
  return { statics: new Map(), parameters: [], behind: null, leaf: null };
}

/** The node of a template; templates that differ in names only share it. */
export function grow<Leaf>(root: Branch<Leaf>, { segments }: PathTemplate): Branch<Leaf> {
  const open = segments.findIndex(({ kind }) => kind === 'open');
  if (open < 0) return segments.reduce(step, root);
  const before = segments.slice(0, open).reduce(step, root);
  before.behind ??= createBranch();
  return segments.slice(open + 1).reduceRight(step, before.behind);
}

function step<Leaf>(parent: Branch<Leaf>, segment: Segment): Branch<Leaf> {
  if (segment.kind === 'static') {
    const known = parent.statics.get(segment.text) ?? createBranch<Leaf>();
    parent.statics.set(segment.text, known);
    return known;
  }
  const same = parent.parameters.find((other) => haveSameShape(other.segment, segment as ParameterSegment));
  if (same) return same.branch;
  const branch = createBranch<Leaf>();
  parent.parameters.push({ segment: segment as ParameterSegment, branch });
  return branch;
}

function haveSameShape(a: ParameterSegment, b: ParameterSegment): boolean {
  return (
    a.texts.length === b.texts.length &&
    a.texts.every((text, index) => text === b.texts[index]) &&
    a.encoded.every((flag, index) => flag === b.encoded[index])
  );
}

/** Longer paths match nothing: no template is that long, and an open parameter need not be. */
export const MAX_SEGMENTS = 256;

/**
 * Every leaf whose template matches.
 *
 * @param segments of the raw path
 */
export function search<Leaf>(root: Branch<Leaf>, segments: readonly string[]): Leaf[] {
  const found: Leaf[] = [];
  if (segments.length <= MAX_SEGMENTS) forward(root, segments, 0, found);
  return found;
}

function forward<Leaf>(branch: Branch<Leaf>, segments: readonly string[], at: number, found: Leaf[]): void {
  if (branch.behind) backward(branch.behind, segments, at, segments.length, found);
  if (at === segments.length) {
    if (branch.leaf) found.push(branch.leaf);
    return;
  }
  const raw = segments[at] as string;
  const fixed = branch.statics.get(raw);
  if (fixed) forward(fixed, segments, at + 1, found);
  if (isDotSegment(raw)) return;
  for (const { segment, branch: next } of branch.parameters) {
    if (isCaptured(segment, raw)) forward(next, segments, at + 1, found);
  }
}

/** The open parameter takes what lies between; looked at only where a template ends. */
function backward<Leaf>(
  branch: Branch<Leaf>,
  segments: readonly string[],
  from: number,
  to: number,
  found: Leaf[],
): void {
  if (to <= from) return;
  if (branch.leaf && segments.slice(from, to).every(isOpenText)) found.push(branch.leaf);
  const raw = segments[to - 1] as string;
  const fixed = branch.statics.get(raw);
  if (fixed) backward(fixed, segments, from, to - 1, found);
  if (isDotSegment(raw)) return;
  for (const { segment, branch: next } of branch.parameters) {
    if (isCaptured(segment, raw)) backward(next, segments, from, to - 1, found);
  }
}

/** Never captured, however the steps before may have missed it. */
function isDotSegment(raw: string): boolean {
  return raw === '.' || raw === '..';
}

/** All leaves at and below a node. */
export function leavesBelow<Leaf>(branch: Branch<Leaf>): Leaf[] {
  const below = [...childrenOf(branch), ...(branch.behind ? [branch.behind] : [])].flatMap(leavesBelow);
  return branch.leaf ? [branch.leaf, ...below] : below;
}

function childrenOf<Leaf>({ statics, parameters }: Branch<Leaf>): Branch<Leaf>[] {
  return [...statics.values(), ...parameters.map(({ branch }) => branch)];
}
