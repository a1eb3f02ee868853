import { LoadError } from '../../../core/errors/faults.ts';
import { type Leaf, type Placed, relateAll } from './ambiguity.ts';
import { captureAll } from './capture.ts';
import { acceptsCapture } from './path-parameters.ts';
import { Spellings } from './spelling.ts';
import { type PathTemplate, parseTemplate } from './template.ts';
import { type Branch, createBranch, grow, leavesBelow, search } from './trie.ts';
import type { Contract, Operation, Parameter } from './types.ts';

/** A contract and the path below which its operations stand. */
export interface Mount {
  /** `/orders-api`; '' or '/' for none. */
  readonly prefix: string;
  readonly contract: Contract;
}

export interface Match {
  readonly operation: Operation;
  /** Raw captured texts, still percent-encoded, in the order of the operation's template. */
  readonly captures: readonly string[];
}

/**
 * Finds the operation a request names.
 *
 * Raw segments are compared byte for byte: case matters, a final slash matters, nothing is decoded or
 * normalised, so another spelling of a path is another path. Of all templates that match a path only the most
 * specific count; a method they do not declare is not looked for in a wider one, unless none of them can hold what it
 * captured. Where several are left, those
 * whose parameters cannot hold what they captured are out. A path whose parameters can be told apart in two ways
 * matches nothing, and neither does another spelling of a path under a more specific template: a service that decodes
 * first, or ignores case, would serve that other operation.
 */
export interface Matcher {
  /** `path` where no template matches, `method` where one does and does not declare the method. */
  match(method: string, raw_path: string): Match | 'path' | 'method';
}

/**
 * Builds the matcher of a zone.
 *
 * @throws LoadError CONTRACT_AMBIGUOUS where two operations of one method match the same path and neither is more
 *   specific; each pair once, naming both places
 */
export function buildMatcher(mounts: readonly Mount[]): Matcher {
  const root = createBranch<Leaf>();
  const fixed = new FixedPaths();
  const spellings = new Spellings<Leaf>();
  let order = 0;
  for (const mount of mounts) {
    const prefix = readPrefix(mount);
    for (const operation of mount.contract.operations) {
      const template = { segments: [...prefix.segments, ...operation.path.segments] };
      const path = prefix.text + operation.template;
      const leaf = plant(root, { path, contract: mount.contract, operation, template, order: order++ });
      if (template.segments.every(({ kind }) => kind === 'static')) fixed.add(path, leaf);
    }
  }
  for (const leaf of leavesBelow(root)) spellings.add(leaf.template, leaf);
  relateAll(root);
  const index = { fixed, root, spellings };
  return { match: (method, raw_path) => match(index, method, raw_path) };
}

function readPrefix({ prefix, contract }: Mount): PathTemplate & { readonly text: string } {
  if (prefix === '' || prefix === '/') return { text: '', segments: [] };
  const template = parseTemplate(prefix);
  if (typeof template !== 'string' && !prefix.includes('{') && !prefix.endsWith('/')) {
    return { ...template, text: prefix };
  }
  const message = `the path '${prefix}' of api '${contract.api}' must be fixed segments such as /orders-api`;
  throw new LoadError([{ code: 'CONTRACT_UNSUPPORTED', message }]);
}

function plant(root: Branch<Leaf>, placed: Placed): Leaf {
  const branch = grow(root, placed.template);
  branch.leaf ??= { template: placed.template, placed: [], wider: new Set() };
  branch.leaf.placed.push(placed);
  return branch.leaf;
}

interface Index {
  /** Templates without parameters, by their path. */
  readonly fixed: FixedPaths;
  readonly root: Branch<Leaf>;
  readonly spellings: Spellings<Leaf>;
}

/**
 * Fixed paths by their length first: every raw path is a string nobody has seen before, and for such a one a Map has to
 * make sure that there is no other of the same text.
 */
class FixedPaths {
  readonly #by_length = new Map<number, Map<string, Leaf>>();

  add(path: string, leaf: Leaf): void {
    const paths = this.#by_length.get(path.length) ?? new Map<string, Leaf>();
    this.#by_length.set(path.length, paths.set(path, leaf));
  }

  get(path: string): Leaf | undefined {
    return this.#by_length.get(path.length)?.get(path);
  }
}

function match({ fixed, root, spellings }: Index, method: string, raw_path: string): Match | 'path' | 'method' {
  const exact = fixed.get(raw_path);
  if (exact) return choose(exact.placed, method, []);
  if (!raw_path.startsWith('/')) return 'path';
  const segments = raw_path.slice(1).split('/');
  const leaves = search(root, segments);
  const others = leaves.length === 0 ? [] : spellings.others(raw_path, segments);
  if (others.some((other) => !leaves.includes(other) && leaves.some((leaf) => other.wider.has(leaf)))) return 'path';
  return among(leaves, method, segments);
}

/** A template that does not declare the method hides wider ones, unless its parameters cannot hold what it captured. */
function among(leaves: Leaf[], method: string, segments: readonly string[]): Match | 'path' | 'method' {
  const specific = mostSpecific(leaves);
  const [first] = specific;
  if (!first) return 'path';
  const placed = specific.length === 1 ? first.placed : specific.flatMap((leaf) => leaf.placed);
  const chosen = choose(placed, method, segments);
  if (chosen !== 'method' || specific.length === leaves.length) return chosen;
  const holding = leaves.filter((leaf) => holds(leaf, segments));
  return holding.length === leaves.length || holding.length === 0 ? chosen : among(holding, method, segments);
}

/** What has two readings stays: it must not be read a third way. */
function holds({ placed }: Leaf, segments: readonly string[]): boolean {
  return placed.some((candidate) => {
    const match = capture(candidate, segments);
    return match === null || isAccepted(match);
  });
}

function mostSpecific(leaves: Leaf[]): Leaf[] {
  return leaves.length < 2 ? leaves : leaves.filter((leaf) => !leaves.some(({ wider }) => wider.has(leaf)));
}

/** Of several candidates the parameters decide; a single one is kept, so that a wrong id is told as such. */
function choose(placed: readonly Placed[], method: string, segments: readonly string[]): Match | 'path' | 'method' {
  const candidates = placed.filter(({ operation }) => operation.method === method);
  const [first] = candidates;
  if (!first) return 'method';
  if (candidates.length === 1) return capture(first, segments) ?? 'path';
  const matches = candidates.flatMap((candidate) => capture(candidate, segments) ?? []).filter(isAccepted);
  return matches.length === 1 ? (matches[0] as Match) : 'path';
}

function capture({ operation, template }: Placed, segments: readonly string[]): Match | null {
  const captures = captureAll(template, segments);
  return captures && { operation, captures };
}

function isAccepted({ operation, captures }: Match): boolean {
  return captures.every((raw, index) => {
    const parameter: Parameter | undefined = operation.parameters.path[index];
    return parameter === undefined || acceptsCapture(parameter, raw);
  });
}
