/**
 * Instances of a schema, made without any validator: deterministic by seed, minimal or full. Only members that a
 * schema declares are made, so that a closed reading takes the instance too.
 */
import { type Facets, facetsOf, type Schema, type SchemaObject } from './facets.ts';
import {
  additional,
  bounds,
  fixedValues,
  impliedType,
  isOf,
  isOpen,
  itemSchemas,
  memberSchemas,
  numbers,
} from './keywords.ts';
import { type Random, randomFrom } from './random.ts';
import { type Alphabet, stringFor } from './strings.ts';

export interface GenerateOptions {
  readonly resolve: (reference: string) => Schema;
  readonly version: '3.0' | '3.1';
  /** `readOnly` members are left out of requests, `writeOnly` ones of responses. */
  readonly direction: 'request' | 'response';
  /**
   * Minimal: what is required. Full: every member, one or two items, until schemas repeat or the depth is reached.
   * Mixed: some members, some arrays empty.
   */
  readonly size: 'minimal' | 'full' | 'mixed';
  readonly seed: number;
  readonly alphabet?: Alphabet;
}

/** A place in an instance where something can be broken. */
export interface Place {
  readonly path: readonly (string | number)[];
  /** Types that the schema takes here; empty where it names none. */
  readonly types: readonly string[];
  /** Of an object: no schema here takes members that it does not name. */
  readonly closed: boolean;
  /** Of an object: a schema here says that there are no other members. */
  readonly refuses: boolean;
  /** Of an object: a schema here takes whatever members, and whatever is in them. */
  readonly opens: boolean;
  /** At or below a choice among branches. */
  readonly in_choice: boolean;
}

export interface Instance {
  readonly value: unknown;
  readonly places: readonly Place[];
}

const FULL_DEPTH = 7;
const MOST_DEPTH = 40;

/** @throws Error where no instance can be made */
export function generate(schema: Schema, options: GenerateOptions): Instance {
  const maker = new Maker(options);
  return { value: maker.make([schema], [], false), places: maker.places };
}

type Path = readonly (string | number)[];

class Maker {
  readonly places: Place[] = [];
  readonly #options: GenerateOptions;
  readonly #random: Random;
  /** Schemas on the way down, so that optional members do not repeat them. */
  readonly #open: SchemaObject[] = [];

  constructor(options: GenerateOptions) {
    this.#options = options;
    this.#random = randomFrom(options.seed);
  }

  make(schemas: readonly Schema[], path: Path, in_choice: boolean): unknown {
    if (path.length > MOST_DEPTH) throw new Error('no instance ends');
    const { resolve, version, seed } = this.#options;
    const facets = facetsOf(schemas, {
      resolve,
      random: this.#random,
      bare_references: version === '3.0',
      first: seed === 0,
    });
    if (facets.never) throw new Error('nothing is allowed here');
    const choice = in_choice || facets.chosen;
    const fixed = fixedValues(facets.plain);
    const types = this.#typesOf(facets.plain);
    const value = fixed === null ? this.#ofType(facets, types, path, choice) : this.#fixed(fixed, types);
    if (value === null || typeof value !== 'object') {
      this.places.push({ path, types, closed: false, refuses: false, opens: false, in_choice: choice });
    }
    return value;
  }

  /** One of the values of `const` and `enum`, null only where nothing else is there. */
  #fixed(values: readonly unknown[], types: readonly string[]): unknown {
    const fitting = values.filter((value) => value !== null && (types.length === 0 || types.some(isOf(value))));
    if (fitting.length > 0) return this.#options.seed === 0 ? fitting[0] : this.#random.pick(fitting);
    return values[0];
  }

  /** The types that all schemas take. */
  #typesOf(plain: readonly SchemaObject[]): readonly string[] {
    const lists = plain.flatMap((schema) => {
      const { type } = schema;
      if (type === undefined) return [];
      const types = Array.isArray(type) ? (type as string[]) : [type as string];
      return [schema['nullable'] === true && this.#options.version === '3.0' ? [...types, 'null'] : types];
    });
    const [first, ...others] = lists;
    if (first === undefined) return [];
    return first.filter((type) =>
      others.every((list) => list.includes(type) || (type === 'integer' && list.includes('number'))),
    );
  }

  #ofType(facets: Facets, types: readonly string[], path: Path, in_choice: boolean): unknown {
    const { plain } = facets;
    const valued = types.filter((type) => type !== 'null');
    const type =
      valued.length > 0
        ? this.#options.seed === 0
          ? valued[0]
          : this.#random.pick(valued)
        : (types[0] ?? impliedType(plain));
    switch (type) {
      case 'object':
        return this.#object(plain, types, path, in_choice);
      case 'array':
        return this.#array(plain, path, in_choice);
      case 'integer':
      case 'number':
        return this.#number(plain, type);
      case 'boolean':
        return this.#random.below(2) === 0;
      case 'null':
        return null;
      default:
        return this.#string(plain);
    }
  }

  #object(plain: readonly SchemaObject[], types: readonly string[], path: Path, in_choice: boolean): object {
    const extra = plain.map(additional);
    this.places.push({
      path,
      types,
      closed: plain.every((schema, index) => !isOpen(extra[index]) && schema['patternProperties'] === undefined),
      refuses: extra.includes(false),
      opens: extra.includes(true),
      in_choice,
    });
    const required = [...new Set(plain.flatMap((schema) => (schema['required'] as string[] | undefined) ?? []))];
    const declared = [...new Set(plain.flatMap((schema) => Object.keys(schema['properties'] ?? {})))];
    const again = this.#open.some((schema) => plain.includes(schema) && schema['properties'] !== undefined);
    const full = path.length < FULL_DEPTH && !again;
    const least = Math.max(0, ...numbers(plain, 'minProperties'));
    const most = Math.min(Number.POSITIVE_INFINITY, ...numbers(plain, 'maxProperties'));
    const names = required.filter((name) => !this.#hidden(plain, name));
    for (const name of declared) {
      const wanted = ((full && this.#wants()) || names.length < least) && names.length < most;
      if (wanted && !names.includes(name) && !this.#hidden(plain, name)) names.push(name);
    }
    const opens = extra.some(isOpen) && !extra.includes(false);
    for (
      let index = 0;
      opens && names.length < most && (names.length < least || (full && index < 1 && this.#wants()));
      index++
    ) {
      names.push(`extra${index}`);
    }
    this.#open.push(...plain);
    const members = names.flatMap((name) => {
      const schemas = plain.flatMap((schema) => memberSchemas(schema, name));
      try {
        return [[name, this.make(schemas, [...path, name], in_choice)] as const];
      } catch (error) {
        // An optional member for which there is no value is left out.
        if (required.includes(name)) throw error;
        return [];
      }
    });
    this.#open.length -= plain.length;
    return Object.fromEntries(members);
  }

  /** Whether something optional is made. */
  #wants(): boolean {
    const { size } = this.#options;
    return size === 'full' || (size === 'mixed' && this.#random.below(2) === 0);
  }

  #hidden(plain: readonly SchemaObject[], name: string): boolean {
    const keyword = this.#options.direction === 'request' ? 'readOnly' : 'writeOnly';
    const schemas = plain.flatMap((schema) => memberSchemas(schema, name));
    return schemas.some((schema) => this.#says(schema, keyword));
  }

  /** `readOnly` may stand in the schema, behind its reference or in a part of it. */
  #says(schema: Schema, keyword: string, depth = 0): boolean {
    if (typeof schema === 'boolean' || depth > 8) return false;
    if (schema[keyword] === true) return true;
    const reference = schema['$ref'];
    if (typeof reference === 'string' && this.#says(this.#options.resolve(reference), keyword, depth + 1)) return true;
    const all = (schema['allOf'] as Schema[] | undefined) ?? [];
    return all.some((each) => this.#says(each, keyword, depth + 1));
  }

  #array(plain: readonly SchemaObject[], path: Path, in_choice: boolean): unknown[] {
    const least = Math.max(0, ...numbers(plain, 'minItems'));
    const most = Math.min(Number.POSITIVE_INFINITY, ...numbers(plain, 'maxItems'));
    const unique = plain.some((schema) => schema['uniqueItems'] === true);
    const prefix = Math.max(0, ...plain.map((schema) => ((schema['prefixItems'] as Schema[]) ?? []).length));
    const contains = plain.flatMap((schema) =>
      schema['contains'] === undefined ? [] : [schema['contains'] as Schema],
    );
    const again = this.#open.some((schema) => plain.includes(schema));
    const declared = prefix > 0 || plain.some((schema) => schema['items'] !== undefined);
    const full = declared && path.length < FULL_DEPTH && !again && this.#wants();
    const wanted = Math.min(most, Math.max(least, prefix, contains.length, full ? (unique ? 1 : 2) : 0));
    this.#open.push(...plain);
    const items: unknown[] = [];
    const seen = new Set<string>();
    for (let tries = 0; items.length < wanted && tries < wanted * 20 + 20; tries++) {
      const index = items.length;
      const schemas = plain.flatMap((schema) => itemSchemas(schema, index));
      if (index < contains.length) schemas.push(contains[index]!);
      const mark = this.places.length;
      let value: unknown;
      try {
        value = this.make(schemas, [...path, index], in_choice);
      } catch (error) {
        if (items.length >= Math.max(least, contains.length)) break;
        throw error;
      }
      const key = JSON.stringify(value);
      if (unique && seen.has(key)) {
        this.places.length = mark;
        continue;
      }
      seen.add(key);
      items.push(value);
    }
    this.#open.length -= plain.length;
    return items;
  }

  #number(plain: readonly SchemaObject[], type: string): number {
    const { min, max } = bounds(plain);
    const [step] = numbers(plain, 'multipleOf');
    if (step !== undefined) {
      const multiple = Math.ceil(Math.max(min, 0) / step) * step;
      return multiple <= max ? multiple : Math.floor(max / step) * step;
    }
    const low = min === Number.NEGATIVE_INFINITY ? Math.min(1, max) : min;
    const high = max === Number.POSITIVE_INFINITY ? Math.max(low, 1000) : max;
    const whole = Math.ceil(low) + this.#random.below(Math.max(1, Math.min(1000, Math.floor(high) - Math.ceil(low))));
    if (type === 'integer' || whole + 0.5 > high) return whole <= high ? whole : (low + high) / 2;
    return this.#random.below(2) === 0 ? whole : whole + 0.5;
  }

  #string(plain: readonly SchemaObject[]): string {
    const texts = (keyword: string) =>
      plain.flatMap((schema) => (typeof schema[keyword] === 'string' ? [schema[keyword] as string] : []));
    const needs = {
      formats: texts('format'),
      patterns: texts('pattern'),
      min_length: Math.max(0, ...numbers(plain, 'minLength')),
      max_length: Math.min(Number.POSITIVE_INFINITY, ...numbers(plain, 'maxLength')),
      alphabet: this.#options.alphabet ?? 'any',
    };
    const made = stringFor(needs, this.#random) ?? texts('example')[0] ?? texts('default')[0];
    if (made === undefined) throw new Error(`no string for the pattern ${needs.patterns[0]}`);
    return made;
  }
}
