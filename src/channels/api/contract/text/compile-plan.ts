import type { Compiler } from '../compiler.ts';
import { isObject, lookUp, member, members, type Node } from '../pointer.ts';
import type { Direction } from '../schemas.ts';
import { type JsonType, possibleTypes } from './possible-types.ts';
import type { ArrayPlan, ObjectPlan, ScalarKind, TextPlan } from './types.ts';

/** From a schema to the readings it leaves open for text. */

/** How deep values nest in a style: 1 is arrays and objects of scalars, 0 scalars only. */
export const FLAT_DEPTH = 1;
/** `a[b][c][d]`: more is a structure that belongs into a body. */
export const DEEP_DEPTH = 4;

const STRING: TextPlan = { scalars: ['string'], array: null, object: null, schemas: [] };
const NOTHING: TextPlan = { scalars: [], array: null, object: null, schemas: [] };
const MAX_BRANCHES = 256;

/**
 * The readings of a text under a schema.
 *
 * @param depth how deep arrays and objects may nest in the style
 * @returns a plan without any reading where the style can carry nothing of the schema
 */
export function compilePlan(compiler: Compiler, schema: Node, direction: Direction, depth: number): TextPlan {
  return plain(schema) ?? new PlanCompiler(compiler, direction, depth > FLAT_DEPTH).plan([schema], depth, true);
}

const PLAIN: Readonly<Record<ScalarKind, TextPlan>> = {
  string: STRING,
  integer: { ...STRING, scalars: ['integer'] },
  number: { ...STRING, scalars: ['number'] },
  boolean: { ...STRING, scalars: ['boolean'] },
};
const COMBINING = ['$ref', 'allOf', 'anyOf', 'oneOf', 'enum', 'const'];

/** Most parameters: one scalar type, and nothing that could narrow it. Large contracts have thousands of them. */
function plain({ value }: Node): TextPlan | null {
  if (!isObject(value) || COMBINING.some((keyword) => Object.hasOwn(value, keyword))) return null;
  const type = value['type'];
  return typeof type === 'string' && Object.hasOwn(PLAIN, type) ? PLAIN[type as ScalarKind] : null;
}

/** The members of an object schema: what may apply to each property, and to names no property declares. */
export interface MemberSchemas {
  readonly named: ReadonlyMap<string, readonly Node[]>;
  readonly others: readonly Node[];
}

export function memberSchemas(root: unknown, schema: Node): MemberSchemas {
  return membersOf(branchesOf(root, schema));
}

/** As `compilePlan` for an inner value, of which several schemas may speak; null where all of them refuse it. */
export function compileInnerPlan(
  compiler: Compiler,
  schemas: readonly Node[],
  direction: Direction,
  depth: number,
): TextPlan | null {
  return new PlanCompiler(compiler, direction, depth > FLAT_DEPTH).inner(schemas, depth);
}

/** Whether there is anything a text can be read as. */
export function isReadable(plan: TextPlan): boolean {
  return plan.scalars.length > 0 || plan.array !== null || plan.object !== null;
}

class PlanCompiler {
  private readonly compiler: Compiler;
  private readonly direction: Direction;
  /** Whether what is nested too deep is left out rather than a fault: schemas may be recursive. */
  private readonly nested: boolean;
  /** What was planned at a depth is not planned again. */
  private readonly known = new Map<string, TextPlan>();

  constructor(compiler: Compiler, direction: Direction, nested: boolean) {
    this.compiler = compiler;
    this.direction = direction;
    this.nested = nested;
  }

  /** @param schemas those that may apply to the value: any of them may be the one that holds */
  plan(schemas: readonly Node[], depth: number, root: boolean): TextPlan {
    const key = `${depth} ${schemas.map(({ pointer }) => pointer).join(' ')}`;
    const known = this.known.get(key);
    if (known) return known;
    const types = new Set(schemas.flatMap((schema) => [...possibleTypes(this.compiler.reader.root, schema)]));
    const branches = schemas.flatMap((schema) => branchesOf(this.compiler.reader.root, schema));
    const scalars = scalarsOf(types);
    const array = types.has('array') && depth > 0 ? this.arrayOf(branches, depth - 1) : null;
    const object = types.has('object') && depth > 0 ? this.objectOf(branches, depth - 1) : null;
    const count = scalars.length + (array ? 1 : 0) + (object ? 1 : 0);
    const judges = root || count < 2 ? [] : this.compileAll(schemas);
    const plan = { scalars, array, object, schemas: judges };
    this.known.set(key, plan);
    return plan;
  }

  private arrayOf(branches: readonly Node[], depth: number): ArrayPlan | null {
    const first: Node[][] = [];
    for (const branch of branches) {
      for (const [index, item] of list(branch, 'prefixItems').entries()) first[index] = [...(first[index] ?? []), item];
    }
    const items = this.inner(collect(branches, ['items']), depth) ?? STRING;
    const plans = Array.from(first, (nodes) => this.inner(nodes ?? [], depth) ?? STRING);
    return [items, ...plans].every(isReadable) ? { first: plans, items } : null;
  }

  private objectOf(branches: readonly Node[], depth: number): ObjectPlan | null {
    const { named, others } = membersOf(branches);
    const properties = new Map(Array.from(named, ([name, nodes]) => [name, this.inner(nodes, depth) ?? NOTHING]));
    if (!this.nested && ![...properties.values()].every(isReadable)) return null;
    const open = this.inner(others, depth);
    return { properties, others: open && isReadable(open) ? open : null };
  }

  /** Null where no schema speaks about the inner value, or all refuse it. */
  inner(schemas: readonly Node[], depth: number): TextPlan | null {
    if (schemas.some(({ value }) => value === true)) return STRING;
    const speaking = schemas.filter(({ value }) => isObject(value));
    return speaking.length === 0 ? null : this.plan(speaking, depth, false);
  }

  private compileAll(schemas: readonly Node[]) {
    return schemas.flatMap((schema) => this.compiler.schemas.compile(schema, this.direction) ?? []);
  }
}

function membersOf(branches: readonly Node[]): MemberSchemas {
  const named = new Map<string, Node[]>();
  for (const [name, schema] of branches.flatMap((branch) => entries(branch, 'properties'))) {
    const known = named.get(name);
    if (known) known.push(schema);
    else named.set(name, [schema]);
  }
  const open = collect(branches, ['additionalProperties', 'unevaluatedProperties']);
  const patterns = branches.flatMap((branch) => entries(branch, 'patternProperties').map(([, schema]) => schema));
  return { named, others: [...open, ...patterns] };
}

/** Most specific first. */
function scalarsOf(types: ReadonlySet<JsonType>): ScalarKind[] {
  const scalars: ScalarKind[] = [];
  if (types.has('number')) scalars.push('number');
  else if (types.has('integer')) scalars.push('integer');
  if (types.has('boolean')) scalars.push('boolean');
  if (types.has('string')) scalars.push('string');
  return scalars;
}

/** The schema with everything that applies to the same value: what it refers to, and the members of its combinations. */
function branchesOf(root: unknown, start: Node): Node[] {
  const found = new Map<string, Node>();
  const waiting = [start];
  for (let schema = waiting.pop(); schema && found.size < MAX_BRANCHES; schema = waiting.pop()) {
    if (!isObject(schema.value) || found.has(schema.pointer)) continue;
    found.set(schema.pointer, schema);
    const reference = member(schema, '$ref')?.value;
    const target = typeof reference === 'string' ? lookUp(root, reference) : null;
    const combined = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => list(schema as Node, keyword));
    waiting.push(...(target ? [target] : []), ...combined, ...collect([schema], ['then', 'else']));
  }
  return [...found.values()];
}

function list(schema: Node, keyword: string): Node[] {
  const holder = member(schema, keyword);
  return holder && Array.isArray(holder.value) ? members(holder).map(([, item]) => item) : [];
}

function entries(schema: Node, keyword: string): [string, Node][] {
  const holder = member(schema, keyword);
  return holder && isObject(holder.value) ? members(holder) : [];
}

function collect(branches: readonly Node[], keywords: readonly string[]): Node[] {
  return branches.flatMap((branch) => keywords.flatMap((keyword) => member(branch, keyword) ?? []));
}
