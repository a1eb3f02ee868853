import { type MetricDefinition, OTHER } from './definition.ts';

/** A series, and whether it is one that stands for several. */
export interface Taken<Cell> {
  readonly cell: Cell;
  /** What is folded is looked up anew each time, so that it is counted; everything else may be kept. */
  readonly folded: boolean;
}

/**
 * The series of one metric. There are never more than its cap, half as many again that are folded, and one: past the
 * cap, a set of label values that has no series yet becomes `other`, first in the labels that grow, then in all.
 */
export class Family<Cell> {
  readonly definition: MetricDefinition;
  /** How often a series of its own was not to be had. */
  folded = 0;
  readonly #make: () => Cell;
  readonly #series = new Map<string, { readonly labels: readonly string[]; readonly cell: Cell }>();

  constructor(definition: MetricDefinition, make: () => Cell) {
    this.definition = definition;
    this.#make = make;
  }

  /** The series of these label values, in the order of the definition's labels. */
  take(labels: readonly string[]): Taken<Cell> {
    const { definition } = this;
    if (labels.length !== definition.labels.length) throw new TypeError(`${definition.name}: ${labels.length} labels`);
    const own = this.#existing(labels) ?? this.#fresh(labels, definition.max_series);
    if (own) return { cell: own, folded: false };
    this.folded++;
    const partly = labels.map((value, index) =>
      definition.folds.includes(definition.labels[index] as string) ? OTHER : value,
    );
    const wholly = labels.map(() => OTHER);
    const cell =
      this.#existing(partly) ??
      (definition.folds.length > 0 ? this.#fresh(partly, definition.max_series * 1.5) : null) ??
      this.#existing(wholly) ??
      this.#fresh(wholly, Number.POSITIVE_INFINITY);
    return { cell: cell as Cell, folded: true };
  }

  *[Symbol.iterator](): Generator<{ readonly labels: readonly string[]; readonly cell: Cell }> {
    yield* this.#series.values();
  }

  get size(): number {
    return this.#series.size;
  }

  #existing(labels: readonly string[]): Cell | null {
    return this.#series.get(keyOf(labels))?.cell ?? null;
  }

  #fresh(labels: readonly string[], cap: number): Cell | null {
    if (this.#series.size >= cap) return null;
    const cell = this.#make();
    this.#series.set(keyOf(labels), { labels: [...labels], cell });
    return cell;
  }
}

/** One text for a set of label values; JSON keeps any two apart. */
export function keyOf(labels: readonly string[]): string {
  return JSON.stringify(labels);
}
