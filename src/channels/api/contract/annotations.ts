import type { FaultLog } from './fault-log.ts';
import { isObject, lookUp, member, members, type Node } from './pointer.ts';

/**
 * Our extensions inside schemas. The schema compiler enforces `x-views` and `x-bind`; this walk finds the names
 * views use, and holds the other extensions to their form.
 */

const SCHEMA_HOLDERS = [
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
  'allOf',
  'anyOf',
  'oneOf',
  'prefixItems',
];
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

/** Calls `visit` once for every schema reachable from one, references followed. */
export function walkSchema(root: unknown, start: Node, seen: Set<string>, visit: (schema: Node) => void): void {
  const waiting = [start];
  for (let schema = waiting.pop(); schema; schema = waiting.pop()) {
    if (!isObject(schema.value) || seen.has(schema.pointer)) continue;
    seen.add(schema.pointer);
    visit(schema);
    waiting.push(...subschemas(root, schema));
  }
}

function subschemas(root: unknown, schema: Node): Node[] {
  const reference = member(schema, '$ref')?.value;
  const target = typeof reference === 'string' ? lookUp(root, reference) : null;
  const found = target ? [target] : [];
  for (const keyword of SCHEMAS) {
    const child = member(schema, keyword);
    if (child) found.push(child);
  }
  for (const keyword of SCHEMA_HOLDERS) {
    const holder = member(schema, keyword);
    if (holder) found.push(...members(holder).map(([, child]) => child));
  }
  return found;
}

/** Names of parties and groups in an `x-views`; none where it is absent or malformed. */
export function viewNames(schema: Node): readonly string[] {
  const views = member(schema, 'x-views')?.value;
  return Array.isArray(views) ? views.filter((name) => typeof name === 'string') : [];
}

/** Holds the extensions of one schema to their form. */
export function checkAnnotations(log: FaultLog, schema: Node): void {
  checkPersonalData(log, schema);
  const sensitivity = member(schema, 'x-sensitivity');
  if (sensitivity) log.add('CONTRACT_BINDING', sensitivity.pointer, 'x-sensitivity has no effect on a schema');
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
