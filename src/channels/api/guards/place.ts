/**
 * What a contract says about the places of a body: where it leaves no room for what a guard looks for, and where it
 * declares it. Compiled at load into a tree of what differs from "nothing is said", since the document is let go.
 */

/** Bits of {@link Place.flags}. */
export const CLOSED = 1; // the contract's own words or a narrow form: no text of the far end passes here
export const HARMLESS = 128; // letters, digits and a few signs: no attack passes here, but a key or token would
export const PERSONAL = 2; // `x-personal-data: {…}` stands here (`false` declares nothing); holds for everything below
export const SECRET = 4; // `format: password`
/** Rules whose find the format declares, each with its bit. */
export const DECLARED: Readonly<Record<string, number>> = { email: 8, phone: 16, iban: 32, 'payment-card': 64 };

export interface Place {
  readonly flags: number;
  /** Listed members that something is said about. */
  readonly named: ReadonlyMap<string, Place>;
  /** All other members. */
  readonly others: Place | null;
  readonly items: Place | null;
}

const NO_MEMBERS: ReadonlyMap<string, Place> = new Map();

/** A place about which nothing is said, and nothing below it. */
export const UNKNOWN: Place = { flags: 0, named: NO_MEMBERS, others: null, items: null };

/** The body of one media type. */
export interface BodyPlace {
  readonly root: Place;
  /** Whether some object below takes names the contract does not list: then names are text of the far end too. */
  readonly open_names: boolean;
}

export const UNKNOWN_BODY: BodyPlace = { root: UNKNOWN, open_names: true };

/** The place of a member, or of an item where `name` is undefined; what is personal above is personal below. */
export function below(place: Place, name: string | undefined): Place {
  const child = (name === undefined ? place.items : (place.named.get(name) ?? place.others)) ?? UNKNOWN;
  const inherited = place.flags & PERSONAL;
  return (child.flags & inherited) === inherited ? child : { ...child, flags: child.flags | inherited };
}

/** Makes equal places one, and merges any two of them once: trees that share branches are exponentially large. */
export class PlaceStore {
  readonly #known = new Map<string, Place>();
  readonly #ids = new Map<Place, number>([[UNKNOWN, 0]]);
  readonly #merged = new Map<string, Place>();

  make(flags: number, named: ReadonlyMap<string, Place>, others: Place | null, items: Place | null): Place {
    const told = new Map([...named].filter(([, place]) => place !== UNKNOWN || others !== null));
    const parts = [others, items].map((place) => (place === UNKNOWN ? null : place));
    if (flags === 0 && told.size === 0 && parts.every((part) => part === null)) return UNKNOWN;
    const id = (place: Place | null) => (place ? (this.#ids.get(place) as number) : -1);
    const key = JSON.stringify([flags, parts.map(id), ...[...told].map(([name, place]) => [name, id(place)])]);
    const known = this.#known.get(key);
    if (known) return known;
    const made: Place = {
      flags,
      named: told.size === 0 ? NO_MEMBERS : told,
      others: parts[0] as Place | null,
      items: parts[1] as Place | null,
    };
    this.#known.set(key, made);
    this.#ids.set(made, this.#ids.size);
    return made;
  }

  /** Both hold: what either says is said. */
  both(left: Place, right: Place): Place {
    if (left === UNKNOWN || left === right) return right;
    if (right === UNKNOWN) return left;
    return this.#once('both', left, right, () => {
      const named = new Map<string, Place>();
      for (const name of new Set([...left.named.keys(), ...right.named.keys()])) {
        named.set(name, this.both(left.named.get(name) ?? UNKNOWN, right.named.get(name) ?? UNKNOWN));
      }
      return this.make(
        left.flags | right.flags,
        named,
        this.both(left.others ?? UNKNOWN, right.others ?? UNKNOWN),
        this.both(left.items ?? UNKNOWN, right.items ?? UNKNOWN),
      );
    });
  }

  /** One of the two holds: closed is what both close, declared what either declares. */
  either(left: Place, right: Place): Place {
    if (left === right) return left;
    return this.#once('either', left, right, () => {
      const named = new Map<string, Place>();
      for (const name of new Set([...left.named.keys(), ...right.named.keys()])) {
        named.set(name, this.either(memberOf(left, name), memberOf(right, name)));
      }
      return this.make(
        closedByBoth(left.flags, right.flags) | ((left.flags | right.flags) & ~(CLOSED | HARMLESS)),
        named,
        left.others || right.others ? this.either(left.others ?? UNKNOWN, right.others ?? UNKNOWN) : null,
        left.items || right.items ? this.either(left.items ?? UNKNOWN, right.items ?? UNKNOWN) : null,
      );
    });
  }

  #once(how: 'both' | 'either', left: Place, right: Place, merge: () => Place): Place {
    const key = `${how} ${this.#ids.get(left)} ${this.#ids.get(right)}`;
    const known = this.#merged.get(key);
    if (known) return known;
    const merged = merge();
    this.#merged.set(key, merged);
    return merged;
  }
}

function closedByBoth(left: number, right: number): number {
  if ((left & right & CLOSED) !== 0) return CLOSED;
  return (left & (CLOSED | HARMLESS)) !== 0 && (right & (CLOSED | HARMLESS)) !== 0 ? HARMLESS : 0;
}

function memberOf(place: Place, name: string): Place {
  return place.named.get(name) ?? place.others ?? UNKNOWN;
}
