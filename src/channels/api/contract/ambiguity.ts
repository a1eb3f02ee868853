import { type Fault, LoadError } from '../../../core/errors/faults.ts';
import { captureSegment } from './capture.ts';
import type { Place } from './document.ts';
import { areKeptApart, type Route } from './kept-apart.ts';
import { meets, relateTemplates } from './overlap.ts';
import type { PathTemplate, Segment } from './template.ts';
import { type Branch, leavesBelow } from './trie.ts';
import type { Contract, Operation } from './types.ts';

/** An operation below the path of its api. */
export interface Placed extends Route {
  /** The path of the api and the template, as written. */
  readonly path: string;
  readonly contract: Contract;
  /** How many operations were placed before it. */
  readonly order: number;
}

/** All operations whose templates match the same paths. */
export interface Leaf {
  readonly template: PathTemplate;
  readonly placed: Placed[];
  /** Leaves that every path of this one matches too: out wherever this one matches. */
  readonly wider: Set<Leaf>;
}

/**
 * Finds out which templates are more specific than which, and which operations could both be meant.
 *
 * Only templates that share paths are compared: the trie is walked against itself, and left where nothing can meet.
 *
 * @throws LoadError CONTRACT_AMBIGUOUS for each pair of operations of one method that match the same path, neither
 *   being more specific, unless the schema of a path parameter keeps them apart
 */
export function relateAll(root: Branch<Leaf>): void {
  const pairs: [Placed, Placed][] = [];
  for (const leaf of leavesBelow(root)) pairs.push(...clashes(leaf.placed, leaf.placed));
  const seen = new Set<string>();
  for (const [a, b] of meetingLeaves(root)) {
    const [first, second] = [a, b].map(({ placed }) => (placed[0] as Placed).order) as [number, number];
    const key = `${Math.min(first, second)} ${Math.max(first, second)}`;
    if (a === b || seen.has(key)) continue;
    seen.add(key);
    const relation = relateTemplates(a.template, b.template);
    if (relation === 'narrower') a.wider.add(b);
    else if (relation === 'wider') b.wider.add(a);
    else if (relation !== 'disjoint') pairs.push(...clashes(a.placed, b.placed));
  }
  pairs.sort(([, a], [, b]) => a.order - b.order);
  if (pairs.length > 0) throw new LoadError(ambiguityFaults(pairs));
}

function* meetingLeaves(root: Branch<Leaf>): Generator<[Leaf, Leaf]> {
  const waiting: [Branch<Leaf>, Branch<Leaf>][] = [[root, root]];
  for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
    const [a, b] = pair;
    if (a.leaf && b.leaf) yield [a.leaf, b.leaf];
    if (a.behind) yield* across(leavesBelow(a.behind), leavesBelow(b));
    if (b.behind && a !== b) yield* across(leavesBelow(b.behind), leavesBelow(a));
    waiting.push(...meetingChildren(a, b));
  }
}

function* across(some: readonly Leaf[], others: readonly Leaf[]): Generator<[Leaf, Leaf]> {
  for (const a of some) for (const b of others) yield [a, b];
}

/** Pairs of children one raw segment could lead to both; of a node with itself each pair once. */
function* meetingChildren(a: Branch<Leaf>, b: Branch<Leaf>): Generator<[Branch<Leaf>, Branch<Leaf>]> {
  for (const [text, branch] of a.statics) {
    const same = b.statics.get(text);
    if (same) yield [branch, same];
    yield* meetingParameters({ kind: 'static', text }, branch, b);
  }
  for (const [index, { segment, branch }] of a.parameters.entries()) {
    yield* meetingParameters(segment, branch, b, a === b ? index : 0);
    if (a === b) continue;
    for (const [text, other] of b.statics) {
      if (captureSegment(segment, text) !== null) yield [branch, other];
    }
  }
}

function* meetingParameters(
  segment: Segment,
  branch: Branch<Leaf>,
  { parameters }: Branch<Leaf>,
  from = 0,
): Generator<[Branch<Leaf>, Branch<Leaf>]> {
  for (const other of parameters.slice(from)) {
    if (meets(segment, other.segment)) yield [branch, other.branch];
  }
}

function clashes(some: readonly Placed[], others: readonly Placed[]): [Placed, Placed][] {
  const pairs: [Placed, Placed][] = [];
  for (const a of some) {
    for (const b of others) {
      if (a.operation.method !== b.operation.method || (some === others && a.order >= b.order)) continue;
      if (!areKeptApart(a, b)) pairs.push(a.order < b.order ? [a, b] : [b, a]);
    }
  }
  return pairs;
}

function ambiguityFaults(pairs: readonly [Placed, Placed][]): Fault[] {
  const places = locateAll(pairs.flat());
  return pairs.map(([first, second]) => {
    const here = places.get(first.operation) ?? { file: first.contract.path };
    const other = places.get(second.operation);
    const message =
      `${first.operation.id} (${describe(first)}) and ${second.operation.id} (${describe(second)} at ` +
      `${other?.file}:${other?.line}:${other?.column}) match the same request, and neither is more specific`;
    return { code: 'CONTRACT_AMBIGUOUS', message, key: `#${first.operation.pointer}`, ...here };
  });
}

function describe({ path, operation }: Placed): string {
  return `${operation.method} ${path}`;
}

function locateAll(placed: readonly Placed[]): Map<Operation, Place> {
  const found = new Map<Operation, Place>();
  for (const [contract, group] of Map.groupBy(placed, ({ contract }) => contract)) {
    const operations = [...new Set(group.map(({ operation }) => operation))];
    const places = contract.locate(operations.map(({ pointer }) => pointer));
    for (const [index, operation] of operations.entries()) found.set(operation, places[index] as Place);
  }
  return found;
}
