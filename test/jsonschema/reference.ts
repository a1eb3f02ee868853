/**
 * A slow reference for validity and closedness, on parsed values and with sets instead of marks: what the
 * walker over the tape is compared with. Covers the keywords the generator in schemas.ts uses.
 */

export type Schema = boolean | { readonly [keyword: string]: unknown };
type Mark = 'declared' | 'open' | 'excluded';
/** Marks by path; a path may have several. */
export type Marks = ReadonlyMap<string, ReadonlySet<Mark>>;

const NOTHING: Marks = new Map();

/** Marks of a valid value, or null. In strict mode `false` keywords fail; otherwise they exclude. */
export function evaluate(schema: Schema, value: unknown, path: string, strict: boolean, root: Schema): Marks | null {
  if (typeof schema === 'boolean') return schema ? NOTHING : null;
  if (!scalarsHold(schema, value)) return null;
  const parts: (Marks | null)[] = [
    ...references(schema, value, path, strict, root),
    membersOf(schema, value, path, strict, root),
    itemsOf(schema, value, path, strict, root),
    containsOf(schema, value, path, root),
    ...branchesOf(schema, value, path, strict, root),
  ];
  const marks = mergeAll(parts);
  return marks === null ? null : unevaluated(schema, value, path, strict, root, marks);
}

/** The value without what ended undeclared. */
export function close(value: unknown, path: string, marks: Marks, open = false): unknown {
  const keep = (at: string) => {
    const own = marks.get(at) ?? new Set<Mark>();
    return !own.has('excluded') && (open || own.size > 0);
  };
  const below = (at: string) => open || (marks.get(at)?.has('open') ?? false);
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      const at = `${path}/${index}`;
      return keep(at) ? [close(item, at, marks, below(at))] : [];
    });
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const at = `${path}/${name}`;
      return keep(at) ? [[name, close(member, at, marks, below(at))]] : [];
    }),
  );
}

function references(schema: Record<string, unknown>, value: unknown, path: string, strict: boolean, root: Schema) {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
  if (name === undefined) return [];
  const target = ((root as Record<string, unknown>)['$defs'] as Record<string, Schema>)[name] as Schema;
  return [evaluate(target, value, path, strict, root)];
}

function scalarsHold(schema: Record<string, unknown>, value: unknown): boolean {
  const { type, minimum, minLength, required, minProperties } = schema;
  if ('enum' in schema && !(schema['enum'] as unknown[]).includes(value)) return false;
  if ('const' in schema && schema['const'] !== value) return false;
  if (typeof type === 'string' && !typesOf(value).includes(type)) return false;
  if (typeof minimum === 'number' && typeof value === 'number' && value < minimum) return false;
  if (typeof minLength === 'number' && typeof value === 'string' && [...value].length < minLength) return false;
  if (!isRecord(value)) return true;
  if (Array.isArray(required) && !required.every((name) => Object.hasOwn(value, name as string))) return false;
  return typeof minProperties !== 'number' || Object.keys(value).length >= minProperties;
}

function membersOf(schema: Record<string, unknown>, value: unknown, path: string, strict: boolean, root: Schema) {
  if (!isRecord(value)) return NOTHING;
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const patterns = Object.entries((schema['patternProperties'] ?? {}) as Record<string, Schema>);
  const additional = schema['additionalProperties'] as Schema | undefined;
  return mergeAll(
    Object.entries(value).map(([name, member]) => {
      const at = `${path}/${name}`;
      const applied = patterns.filter(([pattern]) => new RegExp(pattern, 'u').test(name)).map(([, each]) => each);
      if (Object.hasOwn(properties, name)) applied.push(properties[name] as Schema);
      if (applied.length > 0) {
        return mergeAll([mark(at, 'declared'), ...applied.map((each) => evaluate(each, member, at, strict, root))]);
      }
      return additional === undefined ? NOTHING : rest(additional, member, at, strict, root);
    }),
  );
}

function itemsOf(schema: Record<string, unknown>, value: unknown, path: string, strict: boolean, root: Schema) {
  if (!Array.isArray(value)) return NOTHING;
  const prefix = (schema['prefixItems'] ?? []) as Schema[];
  const items = schema['items'] as Schema | undefined;
  return mergeAll(
    value.map((item, index) => {
      const at = `${path}/${index}`;
      const each = prefix[index] ?? items;
      if (each === undefined) return NOTHING;
      const kind = index >= prefix.length && each === true ? 'open' : 'declared';
      return mergeAll([mark(at, kind), evaluate(each, item, at, strict, root)]);
    }),
  );
}

function containsOf(schema: Record<string, unknown>, value: unknown, path: string, root: Schema): Marks | null {
  if (schema['contains'] === undefined || !Array.isArray(value)) return NOTHING;
  const found = value.flatMap((item, index) => {
    const at = `${path}/${index}`;
    const marks = evaluate(schema['contains'] as Schema, item, at, true, root);
    return marks === null ? [] : [mark(at, 'declared'), marks];
  });
  return found.length === 0 ? null : mergeAll(found);
}

function branchesOf(schema: Record<string, unknown>, value: unknown, path: string, strict: boolean, root: Schema) {
  const apply = (each: Schema, mode: boolean) => evaluate(each, value, path, mode, root);
  const parts = ((schema['allOf'] ?? []) as Schema[]).map((each) => apply(each, strict));
  for (const keyword of ['anyOf', 'oneOf']) {
    if (schema[keyword] === undefined) continue;
    if (isRecord(schema['discriminator']) && isRecord(value) && isNamed(schema['discriminator'], value)) {
      const named = nameOf(schema['discriminator'], value);
      const chosen = (schema[keyword] as Schema[]).find((each) => isRecord(each) && each['$ref'] === named);
      parts.push(chosen === undefined ? null : apply(chosen, strict));
      continue;
    }
    const viable = (schema[keyword] as Schema[]).filter((each) => possible(each, value, root));
    if (viable.length === 1) {
      parts.push(apply(viable[0] as Schema, strict));
      continue;
    }
    const passed = viable.map((each) => apply(each, true)).filter((marks) => marks !== null);
    const good = keyword === 'anyOf' ? passed.length > 0 : passed.length === 1;
    parts.push(good ? mergeAll(passed) : null);
  }
  for (const [name, each] of Object.entries((schema['dependentSchemas'] ?? {}) as Record<string, Schema>)) {
    if (isRecord(value) && Object.hasOwn(value, name)) parts.push(apply(each, strict));
  }
  if (schema['not'] !== undefined) parts.push(apply(schema['not'] as Schema, true) === null ? NOTHING : null);
  if (schema['if'] !== undefined) {
    const condition = apply(schema['if'] as Schema, true);
    const next = (condition === null ? schema['else'] : schema['then']) as Schema | undefined;
    parts.push(condition ?? NOTHING, next === undefined ? NOTHING : apply(next, strict));
  }
  return parts;
}

/** The branches of the generator do not require the property: without it all of them are tried. */
function isNamed(discriminator: Record<string, unknown>, value: Record<string, unknown>): boolean {
  return Object.hasOwn(value, discriminator['propertyName'] as string);
}

/** The reference a discriminator chooses; mapping counts more than the name of a schema. */
function nameOf(discriminator: Record<string, unknown>, value: Record<string, unknown>): string | null {
  const told = value[discriminator['propertyName'] as string];
  if (typeof told !== 'string') return null;
  const mapping = (discriminator['mapping'] ?? {}) as Record<string, string>;
  const target = mapping[told] ?? told;
  return target.startsWith('#') ? target : `#/$defs/${target}`;
}

/** Whether the type keywords on the way to a branch leave it possible; the generator nests them one deep. */
function possible(schema: Schema, value: unknown, root: Schema): boolean {
  if (typeof schema === 'boolean') return schema;
  const { type, allOf, anyOf, oneOf } = schema;
  if (typeof type === 'string' && !coarseTypes(value).includes(type === 'integer' ? 'number' : type)) return false;
  if ('const' in schema && kindOf(schema['const']) !== kindOf(value)) return false;
  if (Array.isArray(schema['enum']) && !schema['enum'].some((each) => kindOf(each) === kindOf(value))) return false;
  if (typeof schema['$ref'] === 'string') {
    const target = ((root as Record<string, unknown>)['$defs'] as Record<string, Schema>)[schema['$ref'].slice(8)];
    if (!possible(target as Schema, value, root)) return false;
  }
  if (Array.isArray(allOf) && !allOf.every((each) => possible(each as Schema, value, root))) return false;
  for (const branches of [anyOf, oneOf]) {
    if (Array.isArray(branches) && !branches.some((each) => possible(each as Schema, value, root))) return false;
  }
  return true;
}

function unevaluated(
  schema: Record<string, unknown>,
  value: unknown,
  path: string,
  strict: boolean,
  root: Schema,
  marks: Marks,
): Marks | null {
  const keyword = Array.isArray(value) ? 'unevaluatedItems' : 'unevaluatedProperties';
  const each = schema[keyword] as Schema | undefined;
  if (each === undefined || typeof value !== 'object' || value === null) return marks;
  const parts = Object.entries(value).map(([name, member]) => {
    const at = `${path}/${name}`;
    return marks.has(at) ? NOTHING : rest(each, member, at, strict, root);
  });
  return mergeAll([marks, ...parts]);
}

function rest(schema: Schema, member: unknown, at: string, strict: boolean, root: Schema): Marks | null {
  if (schema === true) return mark(at, 'open');
  if (schema === false) return strict ? null : mark(at, 'excluded');
  return mergeAll([mark(at, 'declared'), evaluate(schema, member, at, strict, root)]);
}

function mark(path: string, kind: Mark): Marks {
  return new Map([[path, new Set([kind])]]);
}

function mergeAll(parts: readonly (Marks | null)[]): Marks | null {
  const merged = new Map<string, Set<Mark>>();
  for (const part of parts) {
    if (part === null) return null;
    for (const [path, kinds] of part) merged.set(path, new Set([...(merged.get(path) ?? []), ...kinds]));
  }
  return merged;
}

function kindOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'array' : typeof value;
}

function coarseTypes(value: unknown): string[] {
  return typesOf(value).filter((type) => type !== 'integer');
}

function typesOf(value: unknown): string[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (typeof value !== 'number') return [typeof value];
  return Number.isInteger(value) ? ['integer', 'number'] : ['number'];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
