import { LoadError } from '../../../core/errors/faults.ts';
import { type Leaf, type Placed, relateAll } from './ambiguity.ts';
import { captureAll } from './capture.ts';
import { acceptsCapture } from './path-parameters.ts';
import { type PathTemplate, parseTemplate } from './template.ts';
import { type Branch, createBranch, grow, search } from './trie.ts';
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
 * specific count; a method they do not declare is not looked for in a wider one. Where several are left, those
 * whose parameters cannot hold what they captured are out. A path whose parameters can be told apart in two ways
 * matches nothing.
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
  const fixed = new Map<string, Leaf>();
  let order = 0;
  for (const mount of mounts) {
    const prefix = readPrefix(mount);
    for (const operation of mount.contract.operations) {
      const template = { segments: [...prefix.segments, ...operation.path.segments] };
      const path = prefix.text + operation.template;
      const leaf = plant(root, { path, contract: mount.contract, operation, template, order: order++ });
      if (template.segments.every(({ kind }) => kind === 'static')) fixed.set(path, leaf);
    }
  }
  relateAll(root);
  return { match: (method, raw_path) => match(fixed, root, method, raw_path) };
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

function match(
  fixed: ReadonlyMap<string, Leaf>,
  root: Branch<Leaf>,
  method: string,
  raw_path: string,
): Match | 'path' | 'method' {
  const exact = fixed.get(raw_path);
  if (exact) return choose(exact.placed, method, []);
  if (!raw_path.startsWith('/')) return 'path';
  const segments = raw_path.slice(1).split('/');
  const leaves = mostSpecific(search(root, segments));
  if (leaves.length === 0) return 'path';
  return choose(
    leaves.length === 1 ? (leaves[0] as Leaf).placed : leaves.flatMap(({ placed }) => placed),
    method,
    segments,
  );
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
