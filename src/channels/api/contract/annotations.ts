import type { FaultLog } from './fault-log.ts';
import { isObject, lookUp, member, members, type Node } from './pointer.ts';

/**
 * Our extensions inside schemas. The schema compiler enforces `x-views` on members of `properties` and `x-bind`
 * on strings; this walk holds the annotations to their form and refuses them where they would have no effect.
 */

const SCHEMA_MAPS = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'];
const SCHEMA_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const SCHEMAS = [
  'items',
  'additionalProperties',
  'propertyNames',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
];

/** A schema on the walk, and whether it stands directly under `properties`. */
type Visitor = (schema: Node, is_property: boolean) => void;

/** Calls `visit` once for every schema reachable from one, references followed. */
export function walkSchema(root: unknown, start: Node, seen: Set<string>, visit: Visitor): void {
  const waiting: [Node, boolean][] = [[start, false]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [schema, is_property] = next;
    if (!isObject(schema.value) || seen.has(schema.pointer)) continue;
    seen.add(schema.pointer);
    visit(schema, is_property);
    for (const child of subschemas(root, schema)) waiting.push(child);
  }
}

function subschemas(root: unknown, schema: Node): [Node, boolean][] {
  const found: [Node, boolean][] = [];
  const reference = member(schema, '$ref')?.value;
  const target = typeof reference === 'string' ? lookUp(root, reference) : null;
  if (target) found.push([target, false]);
  for (const keyword of SCHEMAS) {
    const child = member(schema, keyword);
    if (child) found.push([child, false]);
  }
  for (const keyword of [...SCHEMA_MAPS, ...SCHEMA_LISTS]) {
    const holder = member(schema, keyword);
    if (!holder || Array.isArray(holder.value) !== SCHEMA_LISTS.includes(keyword)) continue;
    for (const [, child] of members(holder)) found.push([child, keyword === 'properties']);
  }
  return found;
}

/** Names of parties and groups in an `x-views`; none where it is absent or malformed. */
export function viewNames(schema: Node): readonly string[] {
  const views = member(schema, 'x-views')?.value;
  return Array.isArray(views) ? views.filter((name) => typeof name === 'string') : [];
}

/** Holds the extensions of one schema to their form. */
export function checkAnnotations(log: FaultLog, schema: Node, is_property: boolean): void {
  checkViews(log, schema, is_property);
  checkPersonalData(log, schema);
  const sensitivity = member(schema, 'x-sensitivity');
  if (sensitivity) log.add('CONTRACT_BINDING', sensitivity.pointer, 'x-sensitivity has no effect on a schema');
}

function checkViews(log: FaultLog, schema: Node, is_property: boolean): void {
  const views = member(schema, 'x-views');
  if (!views) return;
  const { value, pointer } = views;
  if (!Array.isArray(value) || value.length === 0 || !value.every((name) => typeof name === 'string' && name !== '')) {
    log.add('CONTRACT_BINDING', pointer, 'x-views must list at least one party or group');
  } else if (!is_property) {
    log.add('CONTRACT_BINDING', pointer, 'x-views has no effect here: it stands on a member of properties');
  }
}

/** `x-personal-data: false`, or `{category, purpose}` as non-empty strings. */
export function checkPersonalData(log: FaultLog, holder: Node): void {
  const personal = member(holder, 'x-personal-data');
  if (!personal || personal.value === false) return;
  const { category, purpose, ...others } = isObject(personal.value) ? personal.value : {};
  const named = [category, purpose].every((word) => typeof word === 'string' && word !== '');
  if (named && Object.keys(others).length === 0) return;
  log.add('CONTRACT_BINDING', personal.pointer, 'x-personal-data must be false or {category, purpose}');
}
