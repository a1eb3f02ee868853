import { isObject, type Node } from '../../contract/pointer.ts';
import type { ReviewedDocument } from '../document.ts';
import type { Shapes } from '../shape.ts';
import { type Sides, typesOf } from './assertions.ts';
import type { Report } from './change.ts';
import type { Descend } from './members.ts';
import { groupsOf, type View, valuesOf, viewOf } from './view.ts';

/** The digests of both documents: what has the same says the same. */
export interface BothShapes {
  readonly before: Shapes;
  readonly after: Shapes;
}

/** What assert nothing beside alternatives. */
const SILENT = new Set([
  ...['anyOf', 'oneOf', 'allOf', '$ref', 'discriminator', 'nullable', 'title', 'description', 'default', 'example'],
  ...['examples', 'deprecated', 'externalDocs', '$comment'],
]);

/** Whether a view is nothing but one list of alternatives. */
function isChoice(view: View): boolean {
  const asserts = view.nodes.some(
    ({ value }) => isObject(value) && Object.keys(value).some((key) => !SILENT.has(key) && !key.startsWith('x-')),
  );
  return !asserts && groupsOf(view).length === 1;
}

/**
 * Where a single schema becomes a choice, or a choice a single schema, the single one is compared as a choice of one:
 * true, and then nothing else of the two is to be compared.
 */
export function compareChoice(sides: Sides, shapes: BothShapes, report: Report, descend: Descend): boolean {
  const { before, after } = sides;
  if (isChoice(before) === isChoice(after)) return false;
  const olds = isChoice(before) ? groupsOf(before)[0]!.map((node) => [node]) : [before.nodes];
  const news = isChoice(after) ? groupsOf(after)[0]!.map((node) => [node]) : [after.nodes];
  compareLists(sides, shapes, [olds, news], { report, descend });
  return true;
}

/** What the alternatives of a value are. Branches find each other by name, by shape, by what they list, then by type. */
export function compareBranches(sides: Sides, shapes: BothShapes, report: Report, descend: Descend): void {
  const olds = groupsOf(sides.before);
  const news = groupsOf(sides.after);
  if (olds.length === 0 && news.length === 0) return;
  if (olds.length === 0) return report('impossible', 'alternatives-added', 'one of several alternatives is demanded');
  if (news.length === 0) return report('possible', 'alternatives-removed', 'no alternative is demanded any more');
  if (olds.length > 1 || news.length > 1) return compareAsText(olds, news, shapes, report);
  const lists = [olds[0]!.map((node) => [node]), news[0]!.map((node) => [node])] as const;
  compareLists(sides, shapes, lists, { report, descend });
}

function compareLists(
  { documents }: Sides,
  shapes: BothShapes,
  [olds, news]: readonly [readonly (readonly Node[])[], readonly (readonly Node[])[]],
  { report, descend }: { readonly report: Report; readonly descend: Descend },
): void {
  const pairs = pairUp(
    olds.map((nodes) => branchOf(nodes, documents.before, shapes.before)),
    news.map((nodes) => branchOf(nodes, documents.after, shapes.after)),
  );
  for (const { was, is } of pairs) {
    if (was && is) descend('', was.nodes, is.nodes);
    else if (is) report('possible', 'alternative-added', `${titleOf(is)} as an alternative`);
    else if (was) report('impossible', 'alternative-removed', `${titleOf(was)} as an alternative no more`);
  }
}

interface Branch {
  readonly nodes: readonly Node[];
  readonly view: View;
  readonly types: string;
  readonly digest: string;
  /** The single values that tell it from its siblings. */
  readonly mark: string;
}

function branchOf(nodes: readonly Node[], document: ReviewedDocument, shapes: Shapes): Branch {
  const view = viewOf(document, nodes);
  const types = [...(typesOf(view) ?? [])].sort().join();
  return { nodes, view, types, digest: shapes.digestOf(nodes), mark: markOf(view) };
}

function markOf(view: View): string {
  const properties = valuesOf(view, 'properties')
    .filter(isObject)
    .flatMap((holder) => Object.entries(holder));
  const marks = properties.flatMap(([name, property]) => {
    const { const: only, enum: listed } = isObject(property) ? property : {};
    if (only !== undefined) return [`${name}=${JSON.stringify(only)}`];
    return Array.isArray(listed) && listed.length === 1 ? [`${name}=${JSON.stringify(listed[0])}`] : [];
  });
  return marks.sort().join();
}

interface Pair {
  readonly was: Branch | undefined;
  readonly is: Branch | undefined;
}

function pairUp(old_branches: readonly Branch[], new_branches: readonly Branch[]): Pair[] {
  const olds = new Set(old_branches);
  const news = new Set(new_branches);
  const pairs: Pair[] = [];
  const match = (same: (was: Branch, is: Branch) => boolean): void => {
    for (const was of [...olds]) {
      const is = [...news].find((candidate) => same(was, candidate));
      if (!is) continue;
      olds.delete(was);
      news.delete(is);
      pairs.push({ was, is });
    }
  };
  match((was, is) => was.view.name !== null && was.view.name === is.view.name);
  match((was, is) => was.digest === is.digest);
  match((was, is) => was.mark !== '' && was.mark === is.mark);
  // What is named differently is meant to be another.
  match((was, is) => was.types === is.types && (was.view.name === null || is.view.name === null));
  for (const was of olds) pairs.push({ was, is: undefined });
  for (const is of news) pairs.push({ was: undefined, is });
  return pairs;
}

function titleOf({ view, mark, types }: Branch): string {
  return view.name?.split('/').at(-1) ?? (mark || types || 'a schema');
}

function compareAsText(before: Node[][], after: Node[][], shapes: BothShapes, report: Report): void {
  const was = shapes.before.digestOf(before.flat());
  const is = shapes.after.digestOf(after.flat());
  if (was !== is) report('possible', 'alternatives-uncompared', 'alternatives are others, and cannot be compared');
}
