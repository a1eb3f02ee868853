import { Count, Distribution } from './cells.ts';
import { checkDefinition, type MetricDefinition } from './definition.ts';
import { Family, keyOf } from './family.ts';
import type { FamilySnapshot, MetricsSnapshot, ValueSeries } from './snapshot.ts';

/** Label values in the order of the definition, and the value now. */
export type Reading = readonly [labels: readonly string[], value: number];

/** Every metric of one process. */
export class MetricRegistry {
  readonly #folded: MetricDefinition;
  readonly #definitions = new Set<string>();
  readonly #families: Family<Count | Distribution>[] = [];
  readonly #readers: { readonly definition: MetricDefinition; readonly read: () => Iterable<Reading> }[] = [];

  /** @param folded the counter, with one label, of how often a metric had no series to give */
  constructor(folded: MetricDefinition) {
    this.#folded = folded;
    this.#add(folded);
  }

  counter(definition: MetricDefinition): Family<Count> {
    this.#add(definition);
    const family = new Family(definition, () => new Count());
    this.#families.push(family);
    return family;
  }

  histogram(definition: MetricDefinition): Family<Distribution> {
    this.#add(definition);
    const family = new Family(definition, () => new Distribution(definition.bounds));
    this.#families.push(family);
    return family;
  }

  /** A metric that is asked for its values when they are wanted. One that throws has none then; others are not held up. */
  reader(definition: MetricDefinition, read: () => Iterable<Reading>): void {
    this.#add(definition);
    this.#readers.push({ definition, read });
  }

  /** Everything as it is now. */
  snapshot(): MetricsSnapshot {
    const read = this.#readers.map((reader) => readFamily(reader.definition, reader.read));
    const folded = [...this.#families.map(foldsOf), ...read.map(({ folds }) => folds)].filter(({ value }) => value > 0);
    return {
      families: [
        ...this.#families.map(familySnapshot),
        ...read.map(({ family }) => family),
        { ...head(this.#folded), kind: 'counter', series: folded },
      ],
    };
  }

  #add(definition: MetricDefinition): void {
    checkDefinition(definition);
    if (this.#definitions.has(definition.name)) throw new TypeError(`metric ${definition.name} is registered twice`);
    this.#definitions.add(definition.name);
  }
}

function head({
  name,
  help,
  labels,
  merge,
}: MetricDefinition): Pick<FamilySnapshot, 'name' | 'help' | 'labels' | 'merge'> {
  return { name, help, labels, merge };
}

function foldsOf({ definition, folded }: Family<Count | Distribution>): ValueSeries {
  return { labels: [definition.name], value: folded };
}

function familySnapshot(family: Family<Count | Distribution>): FamilySnapshot {
  const { definition } = family;
  const all = [...family];
  if (definition.kind === 'histogram') {
    const series = all.flatMap(({ labels, cell }) =>
      cell instanceof Distribution ? [{ labels, counts: [...cell.counts], sum: cell.sum }] : [],
    );
    return { ...head(definition), kind: 'histogram', bounds: definition.bounds, series };
  }
  const series = all.flatMap(({ labels, cell }) => (cell instanceof Count ? [{ labels, value: cell.value }] : []));
  return { ...head(definition), kind: definition.kind, series };
}

function readFamily(
  definition: MetricDefinition,
  read: () => Iterable<Reading>,
): { readonly family: FamilySnapshot; readonly folds: ValueSeries } {
  let left_out = 0;
  const series = new Map<string, ValueSeries>();
  try {
    for (const [labels, value] of read()) {
      if (!Number.isFinite(value)) continue;
      // Of two with the same labels the later one counts: a text with both would not be read at all.
      const key = keyOf(labels);
      if (series.size < definition.max_series || series.has(key)) series.set(key, { labels, value });
      else left_out++;
    }
  } catch {
    series.clear();
  }
  const kind = definition.kind === 'counter' ? 'counter' : 'gauge';
  return {
    family: { ...head(definition), kind, series: [...series.values()] },
    folds: { labels: [definition.name], value: left_out },
  };
}
