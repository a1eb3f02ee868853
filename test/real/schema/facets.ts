/**
 * A schema as the plain schemas that hold at once for one value: references followed, `allOf` taken in, one
 * branch chosen of each `anyOf` and `oneOf`.
 */
import type { Random } from './random.ts';

export type Schema = boolean | SchemaObject;
export interface SchemaObject {
  readonly [keyword: string]: unknown;
}

export interface Facets {
  readonly plain: readonly SchemaObject[];
  /** A choice was made among branches: other branches may take the value too. */
  readonly chosen: boolean;
  /** A schema `false` is among them. */
  readonly never: boolean;
}

export interface FacetContext {
  /** What a reference points to. */
  readonly resolve: (reference: string) => Schema;
  readonly random: Random;
  /** OpenAPI 3.0: nothing beside `$ref` counts. */
  readonly bare_references: boolean;
  /** The first branch always, rather than any. */
  readonly first: boolean;
}

const MOST_STEPS = 500;

export function facetsOf(schemas: readonly Schema[], context: FacetContext): Facets {
  const plain: SchemaObject[] = [];
  const state = { chosen: false, never: false };
  let left = MOST_STEPS;

  const gather = (schema: Schema): void => {
    if (left-- <= 0) throw new Error('a schema that never ends');
    if (typeof schema === 'boolean') {
      if (!schema) state.never = true;
      return;
    }
    if (typeof schema['$ref'] === 'string') {
      gather(context.resolve(schema['$ref']));
      if (context.bare_references) return;
    }
    plain.push(schema);
    for (const each of listOf(schema['allOf'])) gather(each);
    for (const keyword of ['anyOf', 'oneOf'] as const) choose(schema, listOf(schema[keyword]));
    if (schema['if'] !== undefined) {
      state.chosen = true;
      gather(schema['if'] as Schema);
      if (schema['then'] !== undefined) gather(schema['then'] as Schema);
    }
  };

  const choose = (schema: SchemaObject, branches: readonly Schema[]): void => {
    if (branches.length === 0) return;
    const branch = context.first ? branches[0]! : context.random.pick(branches);
    if (branches.length > 1) state.chosen = true;
    gather(branch);
    const tag = discriminates(schema['discriminator'], branch);
    if (tag !== null) plain.push(tag);
  };

  for (const schema of schemas) gather(schema);
  return { plain, ...state };
}

/** The property by which a discriminator tells the branch, with the values that name it; null where it does not. */
export function discriminates(discriminator: unknown, branch: Schema): SchemaObject | null {
  if (typeof discriminator !== 'object' || discriminator === null || typeof branch === 'boolean') return null;
  const reference = branch['$ref'];
  const { propertyName, mapping = {} } = discriminator as { propertyName?: string; mapping?: Record<string, string> };
  if (typeof reference !== 'string' || propertyName === undefined) return null;
  const name = reference.split('/').at(-1)!;
  const named = Object.entries(mapping).flatMap(([value, target]) =>
    target === reference || target === name ? [value] : [],
  );
  return {
    required: [propertyName],
    properties: { [propertyName]: { enum: [...named, name] } },
  };
}

/** Whether a schema requires the member whatever the value is: itself, behind its reference or in its `allOf`. */
export function requires(schema: Schema, name: string, resolve: FacetContext['resolve'], left = MOST_STEPS): boolean {
  if (typeof schema === 'boolean' || left <= 0) return false;
  if (Array.isArray(schema['required']) && schema['required'].includes(name)) return true;
  const reference = schema['$ref'];
  const parts = typeof reference === 'string' ? [resolve(reference)] : [];
  return [...parts, ...listOf(schema['allOf'])].some((part) => requires(part, name, resolve, left - 1));
}

export function listOf(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value : [];
}
