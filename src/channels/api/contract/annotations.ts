import { SUBSCHEMAS } from '../../../protocol/jsonschema/subschemas.ts';
import type { FaultLog } from './fault-log.ts';
import { isObject, type JsonObject, lookUp, member, members, type Node } from './pointer.ts';

/**
 * Our extensions inside schemas. The schema compiler enforces `x-views` and `x-bind`; this walk finds the names
 * views use, and holds the other extensions to their form.
 */

/**
 * Calls `visit` once for every schema with an extension (`x-…`) that is reachable from one, references followed.
 *
 * @param seen what was walked before; added to
 */
export function walkSchema(root: unknown, start: Node, seen: Set<unknown>, visit: (schema: Node) => void): void {
  const waiting = [start];
  for (let schema = waiting.pop(); schema; schema = waiting.pop()) {
    if (!isObject(schema.value) || seen.has(schema.value)) continue;
    seen.add(schema.value);
    if (pushSubschemas(root, schema, schema.value, waiting)) visit(schema);
  }
}

/** Looks at each keyword once, since most schemas have two or three. Returns whether one is an extension. */
function pushSubschemas(root: unknown, schema: Node, value: JsonObject, waiting: Node[]): boolean {
  let extended = false;
  for (const keyword in value) {
    if (keyword.startsWith('x-')) extended = true;
    const held = keyword === '$ref' ? 'target' : SUBSCHEMAS.get(keyword);
    if (held === undefined) continue;
    const child = held === 'target' ? lookUp(root, String(value[keyword])) : member(schema, keyword);
    if (!child) continue;
    if (held === 'list' || held === 'named') for (const [, inner] of members(child)) waiting.push(inner);
    else waiting.push(child);
  }
  return extended;
}

/** Names of parties and groups in an `x-views`; none where it is absent or malformed. */
export function viewNames(schema: Node): readonly string[] {
  const views = member(schema, 'x-views')?.value;
  return Array.isArray(views) ? views.filter((name) => typeof name === 'string') : [];
}

/** Holds the extensions of one schema to their form. */
export function checkAnnotations(log: FaultLog, schema: Node): void {
  checkPersonalData(log, schema);
  for (const word of ELSEWHERE) {
    const misplaced = member(schema, word);
    if (misplaced) log.add('CONTRACT_BINDING', misplaced.pointer, `${word} has no effect on a schema`);
  }
}

/**
 * Those of our extensions that no schema may carry: their authors mean them to tighten something. The two that let
 * slashes into a path are left out: GitHub's description has `x-multi-segment` on schemas too, and without effect
 * nothing opens.
 */
const ELSEWHERE = ['x-sensitivity', 'x-limits', 'x-guards'] as const;

/** `x-personal-data: false`, or `{category, purpose}` as non-empty strings. */
export function checkPersonalData(log: FaultLog, holder: Node): void {
  const personal = member(holder, 'x-personal-data');
  if (!personal || personal.value === false) return;
  const { category, purpose, ...others } = isObject(personal.value) ? personal.value : {};
  const named = [category, purpose].every((word) => typeof word === 'string' && word !== '');
  if (named && Object.keys(others).length === 0) return;
  log.add('CONTRACT_BINDING', personal.pointer, 'x-personal-data must be false or {category, purpose}');
}
