import { pointerTo } from '../../contract/pointer.ts';

/** Values in one body that are looked at; what comes behind them is not counted. */
const MAX_VALUES = 50_000;

/** A place of the body, made once however many items lead to it. */
class Place {
  readonly path: string;
  readonly #below = new Map<string, Place>();

  constructor(path: string) {
    this.path = path;
  }

  below(name: string, places: Set<string>): Place {
    const known = this.#below.get(name);
    if (known) return known;
    const place = new Place(pointerTo(this.path, name));
    this.#below.set(name, place);
    places.add(place.path);
    return place;
  }

  item(): Place {
    const item = this.#below.get('*') ?? new Place(`${this.path}/*`);
    this.#below.set('*', item);
    return item;
  }
}

interface Waiting {
  readonly value: object;
  readonly place: Place;
}

/**
 * Which members a body has, as JSON Pointers with `*` for items of arrays and for names the contract does not declare:
 * keys of maps are free text of the far end and are not kept.
 */
export function memberPaths(body: unknown, names: ReadonlySet<string>): Set<string> {
  const paths = new Set<string>();
  const waiting: Waiting[] = [];
  if (typeof body === 'object' && body !== null) waiting.push({ value: body, place: new Place('') });
  let values = 0;
  for (let next = waiting.pop(); next && values < MAX_VALUES; next = waiting.pop()) {
    const { value, place } = next;
    const item = Array.isArray(value) ? place.item() : null;
    for (const name of Object.keys(value)) {
      values++;
      const below = item ?? place.below(names.has(name) ? name : '*', paths);
      const child = (value as Readonly<Record<string, unknown>>)[name];
      if (typeof child === 'object' && child !== null) waiting.push({ value: child, place: below });
    }
  }
  return paths;
}
