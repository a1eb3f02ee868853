import { outermost, within } from './dynamic.ts';
import type { Place, Resource, Resources } from './resources.ts';
import type { Check } from './run.ts';
import { REJECT, type Scope, type Slot } from './scope.ts';

/** What the compiler of a reference needs to know of the compiler of schemas. */
export interface ReferenceContext {
  readonly resources: Resources;
  /** The resource that the schema with the reference belongs to. */
  readonly home: Resource;
  /** The slot that the schema with the reference belongs to. */
  readonly slot: Slot;
  /** Compiles a schema of the document, once. */
  target(place: Place): Slot;
}

/** `$ref` (2020-12 core 8.2.3.1), within the document. */
export function compileReference(scope: Scope, context: ReferenceContext): Check {
  const place = placeOf(scope, '$ref');
  return place === undefined ? REJECT : follow(place, context);
}

/**
 * `$dynamicRef` (2020-12 core 8.2.3.2). Where it leads, as it stands, to something else than a `$dynamicAnchor`, it
 * is a `$ref`.
 */
export function compileDynamicReference(scope: Scope, context: ReferenceContext): Check {
  const place = placeOf(scope, '$dynamicRef');
  if (place === undefined) return REJECT;
  const otherwise = follow(place, context);
  const name = decodeURIComponent(String(scope.schema['$dynamicRef']).split('#')[1] ?? '');
  const anchor = place.resource.anchors.get(name);
  if (anchor?.dynamic !== true) return otherwise;
  const candidates = [...context.resources.dynamicAnchors(name)];
  return outermost(new Map(candidates.map(([resource, each]) => [resource, follow(each, context)])), otherwise);
}

function follow(place: Place, { resources, home, slot, target }: ReferenceContext): Check {
  const to = target(place);
  slot.edges.push({ slot: to, inPlace: true });
  const check: Check = to.check ?? ((run, node) => (to.check as Check)(run, node));
  return resources.dynamic && place.resource !== home ? within(place.resource, check) : check;
}

function placeOf(scope: Scope, keyword: '$ref' | '$dynamicRef'): Place | undefined {
  const value = scope.schema[keyword];
  const place = typeof value === 'string' ? scope.resolve(value) : undefined;
  if (place !== undefined) return place;
  scope.fault('ref', typeof value === 'string' ? unresolved(keyword, value) : `${keyword} must be a string`, keyword);
  return undefined;
}

const SHOWN_LENGTH = 64;

function unresolved(keyword: string, reference: string): string {
  const shown = `${keyword} '${reference.slice(0, SHOWN_LENGTH)}'`;
  if (reference.startsWith('#')) return `${shown} points at nothing, or at more than one schema`;
  return `${shown} points out of this document: other documents are not read, and nothing is fetched`;
}
