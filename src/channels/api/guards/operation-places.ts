import { isObject, lookUp, member, members, type Node } from '../contract/pointer.ts';
import type { PlaceCompiler } from './compile-places.ts';
import { type BodyPlace, PERSONAL, type Place, UNKNOWN, UNKNOWN_BODY } from './place.ts';

/** What a contract says about the texts of one operation. */
export interface OperationPlaces {
  /** By place, such as `query/limit`. */
  readonly parameters: ReadonlyMap<string, Place>;
  readonly request: BodyPlaces;
  readonly responses: BodyPlaces;
  /** By status key and lower-case name: `200 location`. */
  readonly headers: ReadonlyMap<string, Place>;
}

/** The places of bodies of one direction. */
export class BodyPlaces {
  readonly #places: ReadonlyMap<string, BodyPlace>;
  /** What was looked up, by media type and status key: both are the contract's, so there are only so many. */
  readonly #known = new Map<string, Map<string, BodyPlace>>();

  /** @param places by status key and media type: `200 application/json`; of a request by the type alone */
  constructor(places: ReadonlyMap<string, BodyPlace> = new Map()) {
    this.#places = places;
  }

  /**
   * The place of a body whose type was found declared; what is not found is not excused.
   *
   * @param key of a response; '' for a request
   * @param media_type as the contract writes it
   */
  of(key: string, media_type: string): BodyPlace {
    return this.#known.get(media_type)?.get(key) ?? this.#find(key, media_type);
  }

  #find(key: string, media_type: string): BodyPlace {
    const prefix = key === '' ? '' : `${key} `;
    const place = this.#places.get(`${prefix}${withoutParameters(media_type)}`) ?? UNKNOWN_BODY;
    const by_key = this.#known.get(media_type) ?? new Map<string, BodyPlace>();
    this.#known.set(media_type, by_key.set(key, place));
    return place;
  }
}

/** Of an operation nothing is known about: nothing is excused. */
export const NO_PLACES: OperationPlaces = {
  parameters: new Map(),
  request: new BodyPlaces(),
  responses: new BodyPlaces(),
  headers: new Map(),
};

const withoutParameters = (media_type: string): string => (media_type.split(';')[0] as string).trim().toLowerCase();

/** Reads the places of one operation; faults in it are told by the loader. */
export class OperationPlacesReader {
  readonly #root: unknown;
  readonly #compiler: PlaceCompiler;

  constructor(root: unknown, compiler: PlaceCompiler) {
    this.#root = root;
    this.#compiler = compiler;
  }

  read(path_item: Node, operation: Node): OperationPlaces {
    const body = this.#at(operation, 'requestBody');
    const responses = new Map<string, BodyPlace>();
    const headers = new Map<string, Place>();
    for (const [status, item] of this.#members(operation, 'responses')) {
      const response = this.#resolved(item);
      if (!response) continue;
      for (const [type, place] of this.#content(response)) responses.set(`${status} ${type}`, place);
      for (const [name, header] of this.#members(response, 'headers')) {
        const place = this.#held(header);
        if (place !== UNKNOWN) headers.set(`${status} ${name.toLowerCase()}`, place);
      }
    }
    return {
      parameters: new Map([...this.#parameters(path_item), ...this.#parameters(operation)]),
      request: new BodyPlaces(new Map(body ? this.#content(body) : [])),
      responses: new BodyPlaces(responses),
      headers,
    };
  }

  *#parameters(holder: Node): Generator<[string, Place]> {
    for (const [, item] of this.#members(holder, 'parameters')) {
      const node = this.#resolved(item);
      const [where, name] = ['in', 'name'].map((key) => node && member(node, key)?.value);
      if (node && typeof name === 'string') yield [`${String(where)}/${name}`, this.#held(node)];
    }
  }

  *#content(holder: Node): Generator<[string, BodyPlace]> {
    for (const [type, entry] of this.#members(holder, 'content')) {
      const schema = member(entry, 'schema');
      if (schema) yield [withoutParameters(type), this.#compiler.compile(schema)];
    }
  }

  /** The place of a parameter or header, which may carry the annotation itself. */
  #held(item: Node): Place {
    const holder = this.#resolved(item);
    const schema = holder && member(holder, 'schema');
    if (!schema) return UNKNOWN;
    const { root } = this.#compiler.compile(schema);
    return isObject(member(holder, 'x-personal-data')?.value) ? { ...root, flags: root.flags | PERSONAL } : root;
  }

  #members(node: Node, key: string): [string, Node][] {
    const holder = member(node, key);
    return holder ? members(holder) : [];
  }

  #at(node: Node, key: string): Node | null {
    const child = member(node, key);
    return child && this.#resolved(child);
  }

  #resolved(node: Node): Node | null {
    let current: Node | null = node;
    for (let hop = 0; current && hop < MAX_HOPS; hop++) {
      const reference = member(current, '$ref')?.value;
      if (typeof reference !== 'string') return current;
      current = lookUp(this.#root, reference);
    }
    return null;
  }
}

const MAX_HOPS = 16;
