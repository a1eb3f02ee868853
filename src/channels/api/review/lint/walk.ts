import { isObject, type Node } from '../../contract/pointer.ts';
import type { Direction } from '../../contract/schemas.ts';
import { contentOf, follow, type ReviewedDocument, type ReviewedOperation } from '../document.ts';
import { type PartKind, schemaParts } from '../schema-parts.ts';
import { type Facets, facetsOf, inheritable, NO_FACETS } from './facets.ts';
import type { SchemaPosition } from './rule.ts';

interface Waiting {
  readonly node: Node;
  readonly direction: Direction;
  readonly kind: PartKind;
  readonly inherited: Facets;
}

export interface WalkedSchemas {
  /** Each place once for each direction and way it is reached. */
  readonly positions: readonly SchemaPosition[];
  /** Pointers of schemas that are parts or alternatives of others. */
  readonly parts: ReadonlySet<string>;
}

/** Every place of every schema that some operation uses. */
export function walkSchemas(document: ReviewedDocument): WalkedSchemas {
  const walker = new Walker(document.root);
  for (const operation of document.operations) walker.operation(operation);
  return walker;
}

class Walker implements WalkedSchemas {
  readonly positions: SchemaPosition[] = [];
  readonly parts = new Set<string>();
  readonly #root: unknown;
  readonly #seen = new Set<string>();

  constructor(root: unknown) {
    this.#root = root;
  }

  operation({ parameters, body, responses }: ReviewedOperation): void {
    for (const { schema } of parameters) this.#walk(schema, 'request');
    if (body) {
      for (const { schema } of contentOf(body)) this.#walk(schema, 'request');
    }
    for (const { content, headers } of responses) {
      for (const { schema } of [...content, ...headers]) this.#walk(schema, 'response');
    }
  }

  #walk(start: Node | null, direction: Direction): void {
    if (start === null) return;
    const waiting: Waiting[] = [{ node: start, direction, kind: 'property', inherited: NO_FACETS }];
    for (let next = waiting.pop(); next; next = waiting.pop()) waiting.push(...this.#visit(next).reverse());
  }

  #visit({ node: declared, direction, kind, inherited }: Waiting): Waiting[] {
    const node = follow(this.#root, declared);
    if (node === null) return [];
    // Beside a reference of OpenAPI 3.1 keywords may stand, and hold as well.
    const beside = node === declared ? NO_FACETS : inheritable(new Map(Object.entries(declared.value as object)));
    const around: Facets = beside.size === 0 ? inherited : new Map([...inherited, ...beside]);
    const whole = kind !== 'all';
    if (kind === 'all' || kind === 'branch') this.parts.add(node.pointer);
    const key = `${direction} ${whole} ${around.size > 0} ${node.pointer}`;
    if (this.#seen.has(key)) return [];
    this.#seen.add(key);
    const facets = facetsOf(this.#root, node, around);
    this.positions.push({ node, facets, direction, whole });
    if (!isObject(node.value)) return [];
    const to_branches = inheritable(facets);
    return schemaParts(node).map((part) => {
      const below = part.kind === 'branch' ? to_branches : part.kind === 'all' ? around : NO_FACETS;
      return { node: part.node, direction, kind: part.kind, inherited: below };
    });
  }
}
