import { stringFormat } from '../../../../protocol/jsonschema/formats/strings.ts';
import { isObject } from '../../contract/pointer.ts';
import type { ReviewedDocument } from '../document.ts';
import { canonicalText } from '../shape.ts';
import { type Report, shown } from './change.ts';
import { type View, valuesOf } from './view.ts';

/** A schema before and after, each with the document it stands in. */
export interface Sides {
  readonly before: View;
  readonly after: View;
  readonly documents: { readonly before: ReviewedDocument; readonly after: ReviewedDocument };
}

/** What the keywords say that judge a value by itself. */
export function compareAssertions(sides: Sides, report: Report): void {
  compareTypes(sides, report);
  compareValues(sides, report);
  for (const bound of BOUNDS) compareBound(sides, bound, report);
  compareSets(sides, 'pattern', report);
  compareFormats(sides, report);
  compareMultiples(sides, report);
  compareUnique(sides, report);
  compareSets(sides, 'x-bind', report);
}

/** Null: any. `integer` is told apart from `number`, which includes it. */
export function typesOf(view: View): ReadonlySet<string> | null {
  let types: ReadonlySet<string> | null = null;
  for (const { value } of view.nodes) {
    const stated = isObject(value) ? statedTypes(value) : null;
    if (stated) types = types ? intersection(types, stated) : stated;
  }
  return types;
}

function statedTypes(schema: Readonly<Record<string, unknown>>): Set<string> | null {
  const { type, nullable } = schema;
  const types = (Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string');
  if (types.length === 0) return null;
  if (nullable === true) types.push('null');
  return new Set(types.includes('number') ? [...types, 'integer'] : types);
}

function intersection(left: ReadonlySet<string>, right: ReadonlySet<string>): Set<string> {
  return new Set([...left].filter((type) => right.has(type)));
}

function compareTypes({ before, after }: Sides, report: Report): void {
  const old_types = typesOf(before);
  const new_types = typesOf(after);
  if (!old_types && !new_types) return;
  if (!old_types) return report('impossible', 'type-narrower', `only ${list(new_types!)} where any type was taken`);
  if (!new_types) return report('possible', 'type-wider', `any type where only ${list(old_types)} was taken`);
  const added = [...new_types].filter((type) => !old_types.has(type));
  const removed = [...old_types].filter((type) => !new_types.has(type));
  if (added.length > 0) report('possible', 'type-wider', `type ${list(added)} as well`);
  if (removed.length > 0) report('impossible', 'type-narrower', `type ${list(removed)} no more`);
}

function list(names: Iterable<string>): string {
  return [...names].join(', ');
}

/** The values of `enum` and `const`; null where they are not listed. */
function listedValues(view: View): Map<string, unknown> | null {
  const lists = [...valuesOf(view, 'enum').filter(Array.isArray), ...valuesOf(view, 'const').map((value) => [value])];
  const [first, ...others] = lists.map(
    (list) => new Map<string, unknown>(list.map((value: unknown) => [canonicalText(value), value])),
  );
  if (!first) return null;
  return new Map([...first].filter(([key]) => others.every((other) => other.has(key))));
}

function compareValues({ before, after }: Sides, report: Report): void {
  const old_values = listedValues(before);
  const new_values = listedValues(after);
  if (!old_values && !new_values) return;
  if (!old_values) return report('impossible', 'values-listed', `only the values ${valueList(new_values!)}`);
  if (!new_values) return report('possible', 'values-free', `any value, where only ${valueList(old_values)} was taken`);
  const added = new Map([...new_values].filter(([key]) => !old_values.has(key)));
  const removed = new Map([...old_values].filter(([key]) => !new_values.has(key)));
  if (added.size > 0) report('possible', 'value-added', `value ${valueList(added)} as well`);
  if (removed.size > 0) report('impossible', 'value-removed', `value ${valueList(removed)} no more`);
}

const SHOWN_VALUES = 5;

function valueList(values: ReadonlyMap<string, unknown>): string {
  const first = [...values.values()].slice(0, SHOWN_VALUES).map(shown).join(', ');
  return values.size > SHOWN_VALUES ? `${first} and ${values.size - SHOWN_VALUES} more` : first;
}

interface Bound {
  readonly keyword: string;
  /** Of numbers: the keyword that leaves the bound itself out. */
  readonly exclusive?: string;
  readonly side: 'upper' | 'lower';
}

const BOUNDS: readonly Bound[] = [
  { keyword: 'maxLength', side: 'upper' },
  { keyword: 'maxItems', side: 'upper' },
  { keyword: 'maxProperties', side: 'upper' },
  { keyword: 'maximum', exclusive: 'exclusiveMaximum', side: 'upper' },
  { keyword: 'minLength', side: 'lower' },
  { keyword: 'minItems', side: 'lower' },
  { keyword: 'minProperties', side: 'lower' },
  { keyword: 'minimum', exclusive: 'exclusiveMinimum', side: 'lower' },
];

interface Limit {
  readonly value: number;
  readonly exclusive: boolean;
}

/** The tightest limit of a view; null where there is none. */
function limitOf(view: View, { keyword, exclusive, side }: Bound): Limit | null {
  const limits = view.nodes.flatMap(({ value }): Limit[] => {
    if (!isObject(value)) return [];
    const stated = value[keyword];
    const other = exclusive === undefined ? undefined : value[exclusive];
    return [
      // In OpenAPI 3.0 the exclusive keyword is a flag beside the bound.
      ...(typeof stated === 'number' ? [{ value: stated, exclusive: other === true }] : []),
      ...(typeof other === 'number' ? [{ value: other, exclusive: true }] : []),
    ];
  });
  return limits.reduce<Limit | null>((best, next) => (best && order(best, next, side) >= 0 ? best : next), null);
}

/** Positive where the left limit is the tighter one. */
function order(left: Limit, right: Limit, side: Bound['side']): number {
  const difference = side === 'upper' ? right.value - left.value : left.value - right.value;
  return difference === 0 ? Number(left.exclusive) - Number(right.exclusive) : difference;
}

function compareBound({ before, after }: Sides, bound: Bound, report: Report): void {
  const was = limitOf(before, bound);
  const is = limitOf(after, bound);
  if (!was && !is) return;
  const text = `${bound.keyword} ${limitText(was)} → ${limitText(is)}`;
  // minItems 0 and its like say nothing.
  const idle = (limit: Limit | null) =>
    !limit || (bound.keyword.startsWith('min') && !bound.exclusive && limit.value <= 0);
  if (idle(was) && idle(is)) return;
  const tighter = !was ? 1 : !is ? -1 : order(is, was, bound.side);
  if (tighter > 0) report('impossible', 'bound-tighter', text);
  else if (tighter < 0) report('possible', 'bound-looser', text);
}

function limitText(limit: Limit | null): string {
  return limit ? `${limit.value}${limit.exclusive ? ' (exclusive)' : ''}` : 'none';
}

/** Keywords of which each occurrence is one more demand, and two of which cannot be compared. */
function compareSets({ before, after }: Sides, keyword: string, report: Report): void {
  const was = new Set(valuesOf(before, keyword).map(shown));
  const is = new Set(valuesOf(after, keyword).map(shown));
  const removed = [...was].filter((value) => !is.has(value));
  const added = [...is].filter((value) => !was.has(value));
  if (removed.length > 0 && added.length > 0) {
    report(
      'possible',
      `${keyword}-uncompared`,
      `${keyword} ${list(removed)} → ${list(added)}, which cannot be compared`,
    );
  } else if (removed.length > 0) report('possible', `${keyword}-removed`, `${keyword} ${list(removed)} no more`);
  else if (added.length > 0) report('impossible', `${keyword}-added`, `${keyword} ${list(added)}`);
}

const NUMBER_FORMATS = new Set<unknown>(['int32', 'int64']);

function compareFormats({ before, after }: Sides, report: Report): void {
  const stated = (view: View) => String(valuesOf(view, 'format')[0] ?? '');
  const was = stated(before);
  const is = stated(after);
  if (was === is) return;
  const asserted = (format: string) => NUMBER_FORMATS.has(format) || stringFormat(format) !== undefined;
  const text = `format ${was || 'none'} → ${is || 'none'}`;
  if (asserted(was) && asserted(is) && !(was === 'int32' && is === 'int64')) {
    report('possible', 'format-uncompared', `${text}, which cannot be compared`);
  } else if (asserted(was)) report('possible', 'format-looser', text);
  else if (asserted(is)) report('impossible', 'format-tighter', text);
  // Bytes pass unread, and a text does not.
  else if (was === 'binary' || is === 'binary') report('possible', 'format-uncompared', text);
  else report('words', 'format-words', text);
}

function compareMultiples({ before, after }: Sides, report: Report): void {
  const was = Number(valuesOf(before, 'multipleOf')[0] ?? 0);
  const is = Number(valuesOf(after, 'multipleOf')[0] ?? 0);
  if (was === is) return;
  const text = `multipleOf ${was || 'none'} → ${is || 'none'}`;
  if (was === 0 || (is !== 0 && is % was === 0)) report('impossible', 'multiple-tighter', text);
  else if (is === 0 || was % is === 0) report('possible', 'multiple-looser', text);
  else report('possible', 'multiple-uncompared', `${text}, which cannot be compared`);
}

/** Where an answer declares personal data, guards do not take it for a leak. */
export function comparePersonalData({ before, after }: Sides, report: Report): void {
  const stated = (view: View) => list(new Set(valuesOf(view, 'x-personal-data').map(shown)));
  const was = stated(before);
  const is = stated(after);
  if (was === is) return;
  if (is === '') report('impossible', 'personal-data-undeclared', 'x-personal-data no more');
  else report('possible', 'personal-data-declared', `x-personal-data ${is}`);
}

function compareUnique({ before, after }: Sides, report: Report): void {
  const was = valuesOf(before, 'uniqueItems').includes(true);
  const is = valuesOf(after, 'uniqueItems').includes(true);
  if (was && !is) report('possible', 'unique-looser', 'items may repeat');
  if (!was && is) report('impossible', 'unique-tighter', 'items must not repeat');
}
