import type { Node } from '../../contract/pointer.ts';
import type { Direction } from '../../contract/schemas.ts';
import type { ReviewedDocument } from '../document.ts';
import { compareAssertions, comparePersonalData } from './assertions.ts';
import { type BothShapes, compareBranches, compareChoice } from './branches.ts';
import { type Change, changeOf, type Report } from './change.ts';
import { compareMembers, type Descend } from './members.ts';
import { compareTests } from './tests.ts';
import { isOpen, placeOf, viewOf } from './view.ts';

/** Two schemas that were compared, with those below them: a graph, because schemas may hold themselves. */
export interface Pair {
  /** JSON Pointer in the new description. */
  readonly place: string;
  readonly direction: Direction;
  /** Differences of these two, without those below. */
  readonly changes: Change[];
  readonly below: { readonly step: string; readonly pair: Pair }[];
  /** Whether there is a difference here or anywhere below; known once `settle` has run. */
  differs: boolean;
}

interface Waiting {
  readonly pair: Pair;
  readonly before: readonly Node[];
  readonly after: readonly Node[];
}

/** Compares schemas of two descriptions, each pair once however many operations lead to it. */
export class SchemaComparer {
  readonly #documents: { readonly before: ReviewedDocument; readonly after: ReviewedDocument };
  readonly #shapes: BothShapes;
  readonly #pairs = new Map<string, Pair>();
  readonly #waiting: Waiting[] = [];

  constructor(documents: { readonly before: ReviewedDocument; readonly after: ReviewedDocument }, shapes: BothShapes) {
    this.#documents = documents;
    this.#shapes = shapes;
  }

  /** The pair of two schemas, each given as everything that holds for the value. */
  compare(before: readonly Node[], after: readonly Node[], direction: Direction): Pair {
    const pair = this.#pairOf(before, after, direction);
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop()) this.#compareOne(next);
    return pair;
  }

  /** Carries differences up to everything that leads to them. Call it when everything is compared. */
  settle(): void {
    const above = new Map<Pair, Pair[]>();
    for (const pair of this.#pairs.values()) {
      for (const { pair: below } of pair.below) above.set(below, [...(above.get(below) ?? []), pair]);
    }
    const waiting = [...this.#pairs.values()].filter(({ changes }) => changes.length > 0);
    for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
      if (pair.differs) continue;
      pair.differs = true;
      waiting.push(...(above.get(pair) ?? []));
    }
  }

  #pairOf(before: readonly Node[], after: readonly Node[], direction: Direction): Pair {
    const [was, is] = [viewOf(this.#documents.before, before), viewOf(this.#documents.after, after)];
    const key = `${direction}\n${was.key}\n${is.key}`;
    const known = this.#pairs.get(key);
    if (known) return known;
    const pair: Pair = { place: placeOf(is), direction, changes: [], below: [], differs: false };
    this.#pairs.set(key, pair);
    this.#waiting.push({ pair, before, after });
    return pair;
  }

  #compareOne({ pair, before, after }: Waiting): void {
    const sides = {
      before: viewOf(this.#documents.before, before),
      after: viewOf(this.#documents.after, after),
      documents: this.#documents,
    };
    const report: Report = (effect, kind, text) => pair.changes.push(changeOf(effect, kind, text, pair.direction));
    const descend: Descend = (step, was, is) => pair.below.push({ step, pair: this.#pairOf(was, is, pair.direction) });
    if (isOpen(sides.before) !== isOpen(sides.after)) {
      if (isOpen(sides.after)) report('possible', 'schema-open', 'anything passes');
      else report('impossible', 'schema-judged', 'a schema, where anything passed');
      return;
    }
    if (compareChoice(sides, this.#shapes, report, descend)) return;
    compareAssertions(sides, report);
    if (pair.direction === 'response') comparePersonalData(sides, report);
    compareMembers(sides, pair.direction, report, descend);
    compareBranches(sides, this.#shapes, report, descend);
    compareTests(sides, this.#shapes, report);
  }
}
