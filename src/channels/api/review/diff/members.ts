import { isObject, members, type Node } from '../../contract/pointer.ts';
import type { Direction } from '../../contract/schemas.ts';
import type { Sides } from './assertions.ts';
import type { Report } from './change.ts';
import { nodesOf, type Rest, restOf, type View, valuesOf, viewOf } from './view.ts';

/** Asks for a pair of schemas below to be compared; `step` is how its place is called. */
export type Descend = (step: string, before: readonly Node[], after: readonly Node[]) => void;

const REST_OF_MEMBERS = ['additionalProperties', 'unevaluatedProperties'];
const REST_OF_ITEMS = ['items', 'unevaluatedItems'];
/** Called by its own text in a place: what it says goes for members of any name. */
const ANY_MEMBER = '*';

/** What the members of an object and the items of an array may be. */
export function compareMembers(sides: Sides, direction: Direction, report: Report, descend: Descend): void {
  compareProperties(sides, direction, report, descend);
  compareRequired(sides, direction, report);
  compareItems(sides, direction, report, descend);
}

function compareProperties(sides: Sides, direction: Direction, report: Report, descend: Descend): void {
  const { before, after } = sides;
  const refusing = direction === 'request';
  const old_rest = restOf(before, REST_OF_MEMBERS, refusing);
  const new_rest = restOf(after, REST_OF_MEMBERS, refusing);
  compareRest(old_rest, new_rest, 'members', report, (a, b) => descend(ANY_MEMBER, a, b));
  for (const keyword of ['properties', 'patternProperties']) {
    const old_members = declaredMembers(before, keyword, sides.documents.before, direction);
    const new_members = declaredMembers(after, keyword, sides.documents.after, direction);
    for (const name of new Set([...old_members.keys(), ...new_members.keys()])) {
      const was = old_members.get(name);
      const is = new_members.get(name);
      if (was && is) {
        compareVisibility(name, sides, was, is, report);
        descend(name, was, is);
      } else if (is) addedMember(name, is, old_rest, report, descend);
      else if (was) removedMember(name, was, new_rest, report, descend);
    }
  }
}

function addedMember(name: string, is: readonly Node[], rest: Rest, report: Report, descend: Descend): void {
  if (rest.kind === 'schema') descend(name, rest.nodes, is);
  else if (rest.kind === 'open') report('impossible', 'field-judged', `'${name}' is declared, where anything passed`);
  else report('possible', 'field-added', `field '${name}'`);
}

function removedMember(name: string, was: readonly Node[], rest: Rest, report: Report, descend: Descend): void {
  if (rest.kind === 'schema') descend(name, was, rest.nodes);
  else if (rest.kind === 'open') report('possible', 'field-open', `'${name}' is not declared, and anything passes`);
  else report('impossible', 'field-removed', `field '${name}' no more`);
}

/** Members by name, without those that do not exist in a direction: `readOnly` in requests, `writeOnly` in answers. */
function declaredMembers(
  view: View,
  keyword: string,
  document: Sides['documents']['before'],
  direction: Direction,
): Map<string, Node[]> {
  const found = new Map<string, Node[]>();
  for (const [name, node] of nodesOf(view, keyword).flatMap(members)) {
    found.set(name, [...(found.get(name) ?? []), node]);
  }
  const hidden = direction === 'request' ? 'readOnly' : 'writeOnly';
  for (const [name, nodes] of found) {
    if (valuesOf(viewOf(document, nodes), hidden).includes(true)) found.delete(name);
  }
  return found;
}

/** Who sees a member of an answer; everybody where no view is named. */
function compareVisibility(
  name: string,
  { documents }: Sides,
  before: readonly Node[],
  after: readonly Node[],
  report: Report,
): void {
  const was = viewNames(viewOf(documents.before, before));
  const is = viewNames(viewOf(documents.after, after));
  if (was === is) return;
  if (was && is) {
    const added = [...is].filter((view) => !was.has(view));
    const removed = [...was].filter((view) => !is.has(view));
    if (added.length > 0) report('possible', 'view-wider', `'${name}' is shown to ${added.join(', ')} as well`);
    if (removed.length > 0) report('impossible', 'view-narrower', `'${name}' is not shown to ${removed.join(', ')}`);
  } else if (was) report('possible', 'view-wider', `'${name}' is shown to everybody`);
  else report('impossible', 'view-narrower', `'${name}' is only shown to ${[...is!].join(', ')}`);
}

function viewNames(view: View): ReadonlySet<string> | null {
  const lists = valuesOf(view, 'x-views').filter(Array.isArray);
  return lists.length === 0 ? null : new Set(lists.flat().map(String));
}

function compareRequired({ before, after, documents }: Sides, direction: Direction, report: Report): void {
  const was = requiredNames(before);
  const is = requiredNames(after);
  const old_members = declaredMembers(before, 'properties', documents.before, direction);
  const new_members = declaredMembers(after, 'properties', documents.after, direction);
  for (const name of was) {
    // Of a field that is gone that is said already.
    if (!is.has(name) && new_members.has(name)) report('possible', 'field-optional', `'${name}' may be absent`);
  }
  for (const name of is) {
    if (was.has(name)) continue;
    const added = !old_members.has(name);
    report('impossible', 'field-required', `'${name}' must be there${added ? ', and was not declared' : ''}`);
  }
}

function requiredNames(view: View): Set<string> {
  return new Set(valuesOf(view, 'required').flatMap((names) => (Array.isArray(names) ? names.map(String) : [])));
}

function compareItems({ before, after }: Sides, direction: Direction, report: Report, descend: Descend): void {
  const refusing = direction === 'request';
  const old_rest = restOf(before, REST_OF_ITEMS, refusing);
  const new_rest = restOf(after, REST_OF_ITEMS, refusing);
  compareRest(old_rest, new_rest, 'items', report, (a, b) => descend('items', a, b));
  const old_items = nodesOf(before, 'prefixItems').flatMap((holder) => members(holder).map(([, item]) => item));
  const new_items = nodesOf(after, 'prefixItems').flatMap((holder) => members(holder).map(([, item]) => item));
  for (let index = 0; index < Math.max(old_items.length, new_items.length); index++) {
    const [was, is] = [old_items[index], new_items[index]];
    if (was && is) descend(String(index), [was], [is]);
    else if (is) addedMember(String(index), [is], old_rest, report, descend);
    else if (was) removedMember(String(index), [was], new_rest, report, descend);
  }
}

function compareRest(
  was: Rest,
  is: Rest,
  what: 'members' | 'items',
  report: Report,
  both: (before: readonly Node[], after: readonly Node[]) => void,
): void {
  if (was.kind === 'schema' && is.kind === 'schema') return both(was.nodes, is.nodes);
  const rank = { closed: 0, schema: 1, open: 2 };
  const text = `undeclared ${what}: ${restText(was)} → ${restText(is)}`;
  if (rank[is.kind] > rank[was.kind]) report('possible', 'rest-wider', text);
  if (rank[is.kind] < rank[was.kind]) report('impossible', 'rest-narrower', text);
}

function restText(rest: Rest): string {
  if (rest.kind !== 'schema') return rest.kind;
  return rest.nodes.some(({ value }) => isObject(value) && Object.keys(value).length > 0) ? 'by a schema' : 'scalars';
}
