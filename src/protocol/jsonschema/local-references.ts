import { followed, type Resource, Resources } from './resources.ts';
import type { Dialect } from './types.ts';

type Change = () => void;

/**
 * Writes every reference of a document that leads to an `$id` or `$anchor` as a JSON Pointer from the root, and takes
 * these identifiers out, so that whoever reads the document besides the compiler needs to know pointers only. Changes
 * the document in place.
 *
 * References that lead nowhere stay as they are, for the compiler to refuse, and so do identifiers of a wrong form. So
 * does a whole document with a `$dynamicAnchor`: where that leads, pointers cannot say.
 */
export function localiseReferences(document: unknown, dialect: Dialect): void {
  const resources = Resources.of(document, dialect);
  if (!resources.identified || resources.dynamic) return;
  const changes = [...changesIn(document, false, resources.document, resources)];
  for (const change of changes) change();
  Resources.forget(document);
}

function* changesIn(value: unknown, names: boolean, around: Resource, resources: Resources): Generator<Change> {
  if (typeof value !== 'object' || value === null) return;
  const home = resources.homeOf(value, around);
  if (!names && !Array.isArray(value)) yield* changesOf(value as Record<string, unknown>, home, resources);
  for (const [, member, kind] of followed(value, names)) yield* changesIn(member, kind, home, resources);
}

function* changesOf(schema: Record<string, unknown>, home: Resource, resources: Resources): Generator<Change> {
  const { $ref } = schema;
  const place = typeof $ref === 'string' ? resources.resolve($ref, home) : undefined;
  if (place !== undefined) {
    yield () => {
      schema['$ref'] = fragmentOf(place.pointer);
    };
  }
  const identifiers = [home.root === schema && home !== resources.document ? '$id' : '', '$anchor'];
  for (const keyword of identifiers) {
    if (typeof schema[keyword] === 'string') yield () => delete schema[keyword];
  }
}

/** A pointer as RFC 6901 section 6 writes it in a URI. */
function fragmentOf(pointer: string): string {
  return `#${pointer.split('/').map(encodeURIComponent).join('/')}`;
}
