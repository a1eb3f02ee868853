import { type ReviewedDocument, type ReviewedOperation, reviewDocument } from '../document.ts';
import { inheritedShape, Shapes } from '../shape.ts';
import type { BothShapes } from './branches.ts';
import { changeOf, type Effect } from './change.ts';
import { compareOperation, type OperationChanges, type PlacedChange } from './operations.ts';
import { type Pair, SchemaComparer } from './schemas.ts';

/** What two versions of a description differ in. */
export interface DiffReport {
  /** What became possible first, then what became impossible, then words. */
  readonly changes: readonly DiffChange[];
  /** How many operations each version declares, and how many stand in both. */
  readonly operations: { readonly before: number; readonly after: number; readonly both: number };
}

/** One difference with every operation it reaches: a shared schema changes many. */
export interface DiffChange extends PlacedChange {
  /** `POST /orders`, sorted. */
  readonly operations: readonly string[];
}

const RANK: Readonly<Record<Effect, number>> = { possible: 0, impossible: 1, words: 2 };

/**
 * Compares two versions of a description by what the gate lets through under each. Neither need be fit for the gate.
 *
 * @param before the old description as plain values, overlays applied
 */
export function diffDocuments(before: unknown, after: unknown): DiffReport {
  const documents = { before: reviewDocument(before), after: reviewDocument(after) };
  const shapes = { before: new Shapes(before), after: new Shapes(after) };
  const comparer = new SchemaComparer(documents, shapes);
  const book = new ChangeBook();
  const olds = byRoute(documents.before);
  const news = byRoute(documents.after);
  const compared: { readonly title: string; readonly changes: OperationChanges; readonly pair: OperationPair }[] = [];
  for (const [route, is] of news) {
    const was = olds.get(route);
    const title = titleOf(is);
    if (was) compared.push({ title, changes: compareOperation(was, is, comparer), pair: { was, is } });
    else book.add(title, wholeOperation(is, 'possible', 'operation-added', `${title} (${is.name})`));
  }
  for (const [route, was] of olds) {
    if (news.has(route)) continue;
    const title = titleOf(was);
    book.add(title, wholeOperation(was, 'impossible', 'operation-removed', `${title} (${was.name}) no more`));
  }
  comparer.settle();
  const words = new WordsComparer(documents, shapes);
  for (const { title, changes, pair } of compared) {
    const found = book.operation(title, changes);
    const other_words = found ? null : words.compare(pair);
    if (other_words) book.add(title, other_words);
  }
  return {
    changes: book.changes(),
    operations: { before: olds.size, after: news.size, both: compared.length },
  };
}

interface OperationPair {
  readonly was: ReviewedOperation;
  readonly is: ReviewedOperation;
}

/** By method and path, in which names of parameters are words. */
function byRoute({ operations }: ReviewedDocument): Map<string, ReviewedOperation> {
  return new Map(
    operations.map((operation) => [`${operation.method} ${operation.path.replace(/\{[^{}]*\}/g, '{}')}`, operation]),
  );
}

function titleOf({ method, path }: ReviewedOperation): string {
  return `${method} ${path}`;
}

function wholeOperation({ node }: ReviewedOperation, effect: Effect, kind: string, text: string): PlacedChange {
  return { ...changeOf(effect, kind, text, 'request'), where: 'operation', pointer: node.pointer };
}

/** Gathers changes, so that one of a shared schema is told once with all operations it reaches. */
class ChangeBook {
  readonly #known = new Map<string, { readonly change: PlacedChange; readonly operations: Set<string> }>();

  add(operation: string, change: PlacedChange): void {
    const { effect, kind, text, pointer } = change;
    const key = `${effect} ${kind} ${pointer} ${text}`;
    const entry = this.#known.get(key) ?? { change, operations: new Set() };
    this.#known.set(key, entry);
    entry.operations.add(operation);
  }

  /** @returns whether the operation differs at all */
  operation(title: string, { own, schemas }: OperationChanges): boolean {
    for (const change of own) this.add(title, change);
    const seen = new Set<Pair>();
    for (const { where, pair } of schemas) this.#schemas(title, where, pair, seen);
    return own.length > 0 || schemas.some(({ pair }) => pair.differs);
  }

  #schemas(title: string, start: string, root: Pair, seen: Set<Pair>): void {
    const waiting = [{ where: start, pair: root }];
    // Breadth first: the shortest way to a change is the one that is told.
    for (const { where, pair } of waiting) {
      if (!pair.differs || seen.has(pair)) continue;
      seen.add(pair);
      for (const change of pair.changes) this.add(title, { ...change, where, pointer: pair.place });
      for (const { step, pair: below } of pair.below) {
        waiting.push({ where: step === '' ? where : placeBelow(where, step), pair: below });
      }
    }
  }

  changes(): DiffChange[] {
    return Array.from(this.#known.values(), ({ change, operations }) => ({
      ...change,
      operations: [...operations].sort(),
    })).sort(
      (a, b) =>
        RANK[a.effect] - RANK[b.effect] || Number(b.breaking) - Number(a.breaking) || compareText(a.pointer, b.pointer),
    );
  }
}

/** `answer 200 /orders`, and below it further steps; items of an array are `*`. */
function placeBelow(where: string, step: string): string {
  const name = step === 'items' ? '*' : step;
  return / \//.test(where) ? `${where}/${name}` : `${where} /${name}`;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Finds operations that let the same through and read differently. */
class WordsComparer {
  readonly #shapes: BothShapes;
  readonly #texts: BothShapes;

  constructor(documents: { readonly before: ReviewedDocument; readonly after: ReviewedDocument }, shapes: BothShapes) {
    this.#shapes = shapes;
    this.#texts = {
      before: new Shapes(documents.before.root, { with_words: true }),
      after: new Shapes(documents.after.root, { with_words: true }),
    };
  }

  compare({ was, is }: OperationPair): PlacedChange | null {
    const both = ({ before, after }: BothShapes) => [before.digestOf(partsOf(was)), after.digestOf(partsOf(is))];
    const [old_shape, new_shape] = both(this.#shapes);
    if (old_shape !== new_shape) return wholeOperation(is, 'words', 'rewritten', 'written differently');
    const [old_text, new_text] = both(this.#texts);
    if (old_text !== new_text) return wholeOperation(is, 'words', 'described', 'described differently');
    return null;
  }
}

function partsOf({ node, item }: ReviewedOperation): Parameters<Shapes['digestOf']>[0] {
  return [inheritedShape(item), node];
}
