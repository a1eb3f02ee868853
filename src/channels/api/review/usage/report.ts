import { pointerParts, pointerTo } from '../../contract/pointer.ts';
import type { ReviewedOperation } from '../document.ts';
import { declaredPlaces } from './declared.ts';
import type { StoredOperation } from './stored.ts';

/** What of an operation is used, as far as was seen. */
export interface OperationUsageReport {
  /** All exchanges that were let through. */
  readonly exchanges: number;
  /** Those whose parameters and bodies were looked into. */
  readonly looked_into: number;
  readonly request: PartUsage;
  /** By status as declared. */
  readonly answers: readonly (PartUsage & { readonly status: string })[];
  /** Whether places were used, or are declared, that had no room in the count. */
  readonly cut: boolean;
}

export interface PartUsage {
  /** How many of this kind were looked into: the fewer, the less it says that something was not used. */
  readonly looked_into: number;
  readonly used: readonly { readonly place: string; readonly times: number }[];
  /** Declared, and in none of those that were looked into. */
  readonly unused: readonly string[];
}

/** Holds what was counted against what is declared. */
export function reportUsage(
  root: unknown,
  operation: ReviewedOperation,
  counted: StoredOperation | undefined,
): OperationUsageReport {
  const declared = declaredPlaces(root, operation);
  const places = Object.entries(counted?.places ?? {});
  const looked_into = counted?.looked_into ?? 0;
  const of_request = places.filter(([place]) => !/^\d{3}/.test(place));
  return {
    exchanges: counted?.exchanges ?? 0,
    looked_into,
    request: partUsage(declared.request, of_request, looked_into),
    answers: Array.from(declared.answers, ([status, members]) => {
      const here = Object.entries(counted?.statuses ?? {}).filter(
        ([code]) => declaredStatus(code, declared.answers) === status,
      );
      const codes = new Set(here.map(([code]) => code));
      const of_answer = places
        .filter(([place]) => codes.has(place.slice(0, 3)))
        .map(([place, times]): [string, number] => [place.slice(3), times]);
      const seen = here.reduce((sum, [, times]) => sum + times, 0);
      return { status, ...partUsage(members, of_answer, seen) };
    }),
    cut: declared.cut || counted?.full === true,
  };
}

/** The exact status, else its range, else the default. */
function declaredStatus(code: string, declared: ReadonlyMap<string, unknown>): string | null {
  const known = [...declared.keys()];
  const range = known.find((status) => status.toUpperCase() === `${code[0]}XX`);
  return declared.has(code) ? code : (range ?? (declared.has('default') ? 'default' : null));
}

function partUsage(
  declared: ReadonlySet<string>,
  counted: readonly (readonly [string, number])[],
  looked_into: number,
): PartUsage {
  const times = new Map<string, number>();
  const known = new Set([...declared, ...[...declared].flatMap(prefixesOf)]);
  for (const [place, count] of counted) {
    const meant = declaredPlace(place, known);
    times.set(meant, (times.get(meant) ?? 0) + count);
  }
  return {
    looked_into,
    used: [...declared].flatMap((place) => {
      const count = times.get(place);
      return count === undefined ? [] : [{ place, times: count }];
    }),
    unused: looked_into === 0 ? [] : [...declared].filter((place) => !times.has(place)),
  };
}

/** A key of a map may be called like a declared name: then its place is that of any key. */
function declaredPlace(place: string, known: ReadonlySet<string>): string {
  if (known.has(place)) return place;
  const start = place.indexOf('/');
  if (start < 0) return place;
  let path = place.slice(0, start);
  for (const part of pointerParts(place.slice(start))) {
    const named = pointerTo(path, part);
    path = known.has(named) ? named : `${path}/*`;
  }
  return path;
}

function prefixesOf(place: string): string[] {
  const prefixes: string[] = [];
  for (let end = place.lastIndexOf('/'); end > 0; end = place.lastIndexOf('/', end - 1)) {
    prefixes.push(place.slice(0, end));
  }
  return prefixes;
}
