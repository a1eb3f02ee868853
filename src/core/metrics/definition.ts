/** What a metric is, before anything has been counted. */

export type MetricKind = 'counter' | 'gauge' | 'histogram';

/**
 * How the values of several processes become the gate's. `process` keeps them apart under a label of that name; counters
 * and histograms of exchanges are summed.
 */
export type Merge = 'sum' | 'max' | 'min' | 'process';

export interface MetricDefinition {
  /** As Prometheus writes names: units last, counters end in `_total`. */
  readonly name: string;
  readonly kind: MetricKind;
  /** One sentence for people. */
  readonly help: string;
  /** Label names. Their values come from the configuration, the contracts or closed unions; never from a caller. */
  readonly labels: readonly string[];
  readonly merge: Merge;
  /** Upper bounds of a histogram's buckets, ascending, without infinity; empty for other kinds. */
  readonly bounds: readonly number[];
  /** Series this metric may have in one process before what is new is folded into `other`. */
  readonly max_series: number;
  /** Labels that become `other` first when there are too many series; all of them where this is not enough. */
  readonly folds: readonly string[];
}

/** The label value that stands for all that no longer had a series of its own. */
export const OTHER = 'other';

const MAX_SERIES = 2000;

interface Words {
  readonly help: string;
  readonly labels?: readonly string[];
  readonly merge?: Merge;
  readonly max_series?: number;
  readonly folds?: readonly string[];
}

function define(kind: MetricKind, name: string, words: Words, bounds: readonly number[]): MetricDefinition {
  const { help, labels = [], merge = 'sum', max_series = MAX_SERIES, folds = [] } = words;
  return { name, kind, help, labels, merge, bounds, max_series, folds };
}

export const counter = (name: string, words: Words): MetricDefinition => define('counter', name, words, []);

export const gauge = (name: string, words: Words): MetricDefinition => define('gauge', name, words, []);

export const histogram = (name: string, bounds: readonly number[], words: Words): MetricDefinition =>
  define('histogram', name, words, bounds);

const NAME = /^[a-z][a-z0-9_]*$/;

/** @throws TypeError where a definition is not one that Prometheus can read, or that merges as it must not */
export function checkDefinition({ name, kind, labels, merge, bounds, folds }: MetricDefinition): void {
  const fail = (why: string): never => {
    throw new TypeError(`metric ${name}: ${why}`);
  };
  if (![name, ...labels].every((word) => NAME.test(word))) fail('a name is lower-case letters, digits and underscores');
  if (labels.includes('le') || labels.includes('process')) fail('le and process are not for use here');
  if ((kind === 'counter') !== name.endsWith('_total')) fail('names of counters, and only these, end in _total');
  if (kind !== 'gauge' && (merge === 'max' || merge === 'min')) fail('only gauges merge by max or min');
  if ((kind === 'histogram') !== bounds.length > 0) fail('histograms, and only these, have bounds');
  if (bounds.some((bound, index) => !(bound > (bounds[index - 1] ?? Number.NEGATIVE_INFINITY)))) fail('bounds ascend');
  if (!folds.every((label) => labels.includes(label))) fail('only a label can be folded');
}
