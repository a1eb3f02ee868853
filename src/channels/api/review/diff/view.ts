import { isObject, lookUp, member, members, type Node } from '../../contract/pointer.ts';
import type { ReviewedDocument } from '../document.ts';

/**
 * A schema as all that holds together for one value: references followed and `allOf` taken apart. Two schemas that say
 * the same in other parts have views that compare as equal.
 */
export interface View {
  /** Objects of keywords, each without what its `$ref` and `allOf` say; those are here too. */
  readonly nodes: readonly Node[];
  /** The reference it was declared by, which names it; null for one written in place. */
  readonly name: string | null;
  /** Names the view within its document. */
  readonly key: string;
}

/** The view of several schemas that all hold for the same value. */
export function viewOf({ root, version }: ReviewedDocument, declared: readonly Node[]): View {
  const nodes = new Map<string, Node>();
  const waiting = [...declared];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (nodes.has(node.pointer)) continue;
    const reference = isObject(node.value) ? node.value['$ref'] : undefined;
    // In OpenAPI 3.0 what stands beside a reference is ignored.
    if (says(node) && (typeof reference !== 'string' || version === '3.1')) nodes.set(node.pointer, node);
    const target = typeof reference === 'string' ? lookUp(root, reference) : null;
    if (target) waiting.push(target);
    const all = member(node, 'allOf');
    if (all && Array.isArray(all.value)) waiting.push(...members(all).map(([, part]) => part));
  }
  const first = declared.length === 1 && isObject(declared[0]?.value) ? declared[0].value['$ref'] : null;
  return {
    nodes: [...nodes.values()],
    name: typeof first === 'string' ? first : null,
    key: [...nodes.keys()].sort().join(' '),
  };
}

const LEADS_ON = new Set(['$ref', 'allOf', 'title', 'description', 'summary']);

/** Whether a schema says something beside leading on to others; one that says nothing at all is a schema too. */
function says({ value }: Node): boolean {
  if (!isObject(value)) return true;
  const keywords = Object.keys(value);
  return keywords.some((key) => !LEADS_ON.has(key)) || !keywords.some((key) => key === '$ref' || key === 'allOf');
}

/** Every value of a keyword in a view. */
export function valuesOf(view: View, keyword: string): unknown[] {
  return view.nodes.flatMap(({ value }) => (isObject(value) && keyword in value ? [value[keyword]] : []));
}

/** Every node under a keyword of a view. */
export function nodesOf(view: View, keyword: string): Node[] {
  return view.nodes.flatMap((node) => member(node, keyword) ?? []);
}

/** Whether the view accepts whatever there is. */
export function isOpen(view: View): boolean {
  return view.nodes.length > 0 && view.nodes.every(({ value }) => value === true);
}

/** Where a view stands: its first declared node. */
export function placeOf(view: View): string {
  return view.nodes[0]?.pointer ?? '';
}

/** The branches of its `anyOf` and `oneOf`, one list for each. */
export function groupsOf(view: View): Node[][] {
  return ['anyOf', 'oneOf'].flatMap((keyword) =>
    nodesOf(view, keyword).flatMap((holder) =>
      Array.isArray(holder.value) ? [members(holder).map(([, branch]) => branch)] : [],
    ),
  );
}

/** What the members of an object, or the items of an array, that are not declared one by one must be. */
export type Rest = { readonly kind: 'open' | 'closed' } | { readonly kind: 'schema'; readonly nodes: readonly Node[] };

/**
 * @param refusing whether a single `false` closes all: so in requests; in answers what it excludes is left out
 */
export function restOf(view: View, keywords: readonly string[], refusing: boolean): Rest {
  const stated = keywords.flatMap((keyword) => nodesOf(view, keyword));
  if (refusing && stated.some(({ value }) => value === false)) return { kind: 'closed' };
  if (stated.some(({ value }) => value === true) || isOpen(view)) return { kind: 'open' };
  const nodes = stated.filter(({ value }) => isObject(value));
  return nodes.length > 0 ? { kind: 'schema', nodes } : { kind: 'closed' };
}
