import { isObject, type Node, pointerTo } from '../../contract/pointer.ts';
import { contentOf, follow, type ReviewedOperation, type ReviewedParameter } from '../document.ts';
import { schemaParts } from '../schema-parts.ts';

/** Everything an operation declares that can be used or not. */
export interface DeclaredPlaces {
  /** As they are counted: `query/limit`, `body/lines/*\/sku`. */
  readonly request: ReadonlySet<string>;
  /** Members of its answers, by status as declared. */
  readonly answers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether there are more than are listed. */
  readonly cut: boolean;
}

const MAX_PLACES = 5_000;
const MAX_DEPTH = 24;

/** Members of schemas that hold themselves are listed down to where they repeat. */
export function declaredPlaces(root: unknown, operation: ReviewedOperation): DeclaredPlaces {
  const lister = new PlaceLister(root);
  const request = new Set(operation.parameters.flatMap(placeOfParameter));
  for (const { schema } of operation.body ? contentOf(operation.body) : []) {
    lister.list(schema, 'body', 'readOnly', request);
  }
  const answers = new Map<string, Set<string>>();
  for (const { status, content } of operation.responses) {
    const places = new Set<string>();
    for (const { schema } of content) lister.list(schema, '', 'writeOnly', places);
    answers.set(status, places);
  }
  return { request, answers, cut: lister.cut };
}

/** Those of the path are in every request. */
function placeOfParameter({ in: place, name }: ReviewedParameter): string[] {
  if (place === 'query' || place === 'cookie') return [`${place}${pointerTo('', name)}`];
  return place === 'header' ? [`header/${name.toLowerCase()}`] : [];
}

class PlaceLister {
  cut = false;
  readonly #root: unknown;

  constructor(root: unknown) {
    this.#root = root;
  }

  list(schema: Node | null, path: string, hidden: 'readOnly' | 'writeOnly', places: Set<string>): void {
    if (schema) this.#enter(schema, path, { hidden, places, above: [] });
  }

  #enter(
    declared: Node,
    path: string,
    around: {
      readonly hidden: 'readOnly' | 'writeOnly';
      readonly places: Set<string>;
      readonly above: readonly string[];
    },
  ): void {
    const node = follow(this.#root, declared);
    const { hidden, places, above } = around;
    if (node === null || above.includes(node.pointer)) return;
    if (above.length > MAX_DEPTH || places.size >= MAX_PLACES) {
      this.cut = true;
      return;
    }
    const inside = { hidden, places, above: [...above, node.pointer] };
    for (const part of schemaParts(node)) {
      if (part.kind === 'all' || part.kind === 'branch') this.#enter(part.node, path, inside);
      else if (!isObject(part.node.value) || part.node.value[hidden] !== true) {
        const below = part.kind === 'property' ? pointerTo(path, part.name ?? '') : `${path}/*`;
        if (part.kind === 'property') places.add(below);
        this.#enter(part.node, below, inside);
      }
    }
  }
}
