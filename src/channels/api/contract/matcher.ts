import { type Fault, LoadError } from '../../../core/errors/faults.ts';
import { captureSegment, relateTemplates } from './overlap.ts';
import { type ParameterSegment, type PathTemplate, parseTemplate } from './template.ts';
import type { Contract, Method, Operation } from './types.ts';

/** A contract and the path below which its operations stand. */
export interface Mount {
  /** `/orders-api`; '' or '/' for none. */
  readonly prefix: string;
  readonly contract: Contract;
}

export interface Match {
  readonly operation: Operation;
  /** Raw captured segments, still percent-encoded, in the order of the operation's template. */
  readonly captures: readonly string[];
}

/**
 * Finds the operation a request names.
 *
 * Raw segments are compared byte for byte: case matters, a final slash matters, nothing is decoded or
 * normalised, so another spelling of a path is another path. Of all templates that match a path only the most
 * specific count; a method they do not declare is not looked for in a wider one.
 */
export interface Matcher {
  /** `path` where no template matches, `method` where one does and does not declare the method. */
  match(method: string, raw_path: string): Match | 'path' | 'method';
}

/** A template of one mount with the operations on it. */
interface Leaf {
  readonly template: PathTemplate;
  readonly operations: Map<string, Operation>;
}

interface Branch {
  readonly statics: Map<string, Branch>;
  /** The most specific first: longer fixed text cannot hold more paths than shorter. */
  readonly parameters: { readonly segment: ParameterSegment; readonly branch: Branch }[];
  leaf: Leaf | null;
}

interface Placed {
  readonly mount: Mount;
  readonly operation: Operation;
  readonly template: PathTemplate;
}

/**
 * Builds the matcher of a zone.
 *
 * @throws LoadError CONTRACT_AMBIGUOUS where two operations of one method match the same path and neither is more
 *   specific; each pair once, naming both places
 */
export function buildMatcher(mounts: readonly Mount[]): Matcher {
  const placed = mounts.flatMap(place);
  refuseAmbiguous(placed);
  const fixed = new Map<string, Leaf>();
  const root = createBranch();
  for (const { operation, template } of placed) {
    const leaf = grow(root, template);
    leaf.operations.set(operation.method, operation);
    if (template.segments.every((segment) => segment.kind === 'static')) fixed.set(joinStatic(template), leaf);
  }
  return { match: (method, raw_path) => match(fixed, root, method as Method, raw_path) };
}

function place(mount: Mount): Placed[] {
  const prefix = mount.prefix === '/' ? '' : mount.prefix;
  return mount.contract.operations.map((operation) => {
    const template = parseTemplate(prefix + operation.template);
    if (typeof template === 'string' || prefix.includes('{') || prefix.endsWith('/')) throw badPrefix(mount);
    return { mount, operation, template };
  });
}

function badPrefix({ contract, prefix }: Mount): LoadError {
  const message = `the path '${prefix}' of api '${contract.api}' must be fixed segments such as /orders-api`;
  return new LoadError([{ code: 'CONTRACT_UNSUPPORTED', message }]);
}

function joinStatic(template: PathTemplate): string {
  return template.segments.map((segment) => (segment.kind === 'static' ? `/${segment.text}` : '')).join('');
}

function createBranch(): Branch {
  return { statics: new Map(), parameters: [], leaf: null };
}

function grow(root: Branch, template: PathTemplate): Leaf {
  let branch = root;
  for (const segment of template.segments) {
    branch = segment.kind === 'static' ? staticBranch(branch, segment.text) : parameterBranch(branch, segment);
  }
  branch.leaf ??= { template, operations: new Map() };
  return branch.leaf;
}

function staticBranch(parent: Branch, text: string): Branch {
  const known = parent.statics.get(text) ?? createBranch();
  parent.statics.set(text, known);
  return known;
}

function parameterBranch(parent: Branch, segment: ParameterSegment): Branch {
  const same = ({ segment: other }: { segment: ParameterSegment }) =>
    other.prefix === segment.prefix && other.suffix === segment.suffix;
  const known = parent.parameters.find(same);
  if (known) return known.branch;
  const branch = createBranch();
  parent.parameters.push({ segment, branch });
  parent.parameters.sort((a, b) => fixedLength(b.segment) - fixedLength(a.segment));
  return branch;
}

function fixedLength(segment: ParameterSegment): number {
  return segment.prefix.length + segment.suffix.length;
}

function match(fixed: Map<string, Leaf>, root: Branch, method: Method, raw_path: string): Match | 'path' | 'method' {
  const exact = fixed.get(raw_path);
  if (exact) return hit(exact, method, []) ?? 'method';
  if (!raw_path.startsWith('/')) return 'path';
  const search: Search = { method, segments: raw_path.slice(1).split('/'), captures: [], passed: [] };
  return descend(search, root, 0) ?? (search.passed.length > 0 ? 'method' : 'path');
}

interface Search {
  readonly method: Method;
  readonly segments: readonly string[];
  readonly captures: string[];
  /** Leaves that match the path and do not declare the method; wider ones are out from then on. */
  readonly passed: Leaf[];
}

/** Visits matching leaves, a more specific one always before a wider one. */
function descend(search: Search, branch: Branch, depth: number): Match | null {
  if (depth === search.segments.length) return branch.leaf && arrive(search, branch.leaf);
  const raw = search.segments[depth] as string;
  const next = branch.statics.get(raw);
  const found = next ? descend(search, next, depth + 1) : null;
  if (found || isDotSegment(raw)) return found;
  for (const { segment, branch: child } of branch.parameters) {
    const captured = captureSegment(segment, raw);
    if (captured === null) continue;
    search.captures.push(captured);
    const deeper = descend(search, child, depth + 1);
    if (deeper) return deeper;
    search.captures.pop();
  }
  return null;
}

function arrive(search: Search, leaf: Leaf): Match | null {
  if (search.passed.some((other) => relateTemplates(other.template, leaf.template) === 'narrower')) return null;
  const found = hit(leaf, search.method, search.captures);
  if (!found) search.passed.push(leaf);
  return found;
}

function hit(leaf: Leaf, method: Method, captures: readonly string[]): Match | null {
  const operation = leaf.operations.get(method);
  return operation ? { operation, captures: [...captures] } : null;
}

/** Never captured, however the steps before may have missed it. */
function isDotSegment(raw: string): boolean {
  return raw === '.' || raw === '..';
}

function refuseAmbiguous(placed: readonly Placed[]): void {
  const pairs: [Placed, Placed][] = [];
  const groups = Map.groupBy(placed, ({ operation, template }) => `${operation.method} ${template.segments.length}`);
  for (const group of groups.values()) {
    for (const [index, later] of group.entries()) {
      for (const earlier of group.slice(0, index)) {
        if (isAmbiguous(earlier, later)) pairs.push([earlier, later]);
      }
    }
  }
  if (pairs.length > 0) throw new LoadError(ambiguityFaults(pairs));
}

function isAmbiguous(a: Placed, b: Placed): boolean {
  const relation = relateTemplates(a.template, b.template);
  return relation === 'equal' || relation === 'crossing';
}

function ambiguityFaults(pairs: readonly [Placed, Placed][]): Fault[] {
  const places = locateAll(pairs.flat());
  return pairs.map(([first, second]) => {
    const { line, column } = places.get(first.operation) ?? {};
    const other = places.get(second.operation);
    const message =
      `${first.operation.id} (${describe(first)}) and ${second.operation.id} (${describe(second)} at ` +
      `${second.mount.contract.path}:${other?.line}:${other?.column}) match the same request, and neither is more specific`;
    const fault = {
      code: 'CONTRACT_AMBIGUOUS',
      message,
      file: first.mount.contract.path,
      key: `#${first.operation.pointer}`,
    } as const;
    return line === undefined || column === undefined ? fault : { ...fault, line, column };
  });
}

function describe({ mount, operation }: Placed): string {
  return `${operation.method} ${mount.prefix === '/' ? '' : mount.prefix}${operation.template}`;
}

function locateAll(placed: readonly Placed[]): Map<Operation, { line: number; column: number }> {
  const found = new Map<Operation, { line: number; column: number }>();
  for (const [contract, group] of Map.groupBy(placed, ({ mount }) => mount.contract)) {
    const operations = [...new Set(group.map(({ operation }) => operation))];
    const positions = contract.locate(operations.map(({ pointer }) => pointer));
    for (const [index, operation] of operations.entries()) {
      const position = positions[index];
      if (position) found.set(operation, position);
    }
  }
  return found;
}
