import { SUBSCHEMAS } from '../../../protocol/jsonschema/subschemas.ts';
import { isObject, type JsonObject, lookUp, member, members, type Node } from '../contract/pointer.ts';
import {
  type BodyPlace,
  CLOSED,
  DECLARED,
  HARMLESS,
  PERSONAL,
  type Place,
  PlaceStore,
  SECRET,
  UNKNOWN,
  UNKNOWN_BODY,
} from './place.ts';
import { isHarmlessPattern } from './safe-pattern.ts';

/** Formats that the gate holds values to, and which leave no room for an attack. */
const CLOSED_FORMATS: ReadonlySet<unknown> = new Set([
  'uuid',
  'date',
  'date-time',
  'time',
  'duration',
  'ipv4',
  'ipv6',
  'hostname',
]);

/** Formats that say what a rule would find. */
const FORMAT_RULES: Readonly<Record<string, string>> = {
  email: 'email',
  'idn-email': 'email',
  phone: 'phone',
  e164: 'phone',
  tel: 'phone',
  iban: 'iban',
  'credit-card': 'payment-card',
};

const SHORTEST_ATTACK = 4;
const OPENING = ['additionalProperties', 'patternProperties', 'unevaluatedProperties', 'propertyNames'];

/** Schemas under compilation inside one another, references followed; about what lies deeper nothing is said. */
const MAX_OPEN = 256;

/** Compiles the places of one contract, each schema once. */
export class PlaceCompiler {
  readonly #root: unknown;
  readonly #store = new PlaceStore();
  /** By schema; null while it is being compiled. */
  readonly #known = new Map<object, BodyPlace | null>();
  /** What schemas without others in them say, by its flags. */
  readonly #leaves = new Map<number, BodyPlace>();
  #open = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  /** Where a schema comes back to itself, nothing is said about the second round. */
  compile(schema: Node): BodyPlace {
    if (schema.value === true) return UNKNOWN_BODY;
    if (!isObject(schema.value)) return { root: UNKNOWN, open_names: false };
    if (isLeaf(schema.value)) return this.#leaf(flagsOf(schema.value));
    const known = this.#known.get(schema.value);
    if (known !== undefined) return known ?? UNKNOWN_BODY;
    if (this.#open >= MAX_OPEN) return UNKNOWN_BODY;
    this.#known.set(schema.value, null);
    this.#open++;
    const made = this.#compile(schema, schema.value);
    this.#open--;
    this.#known.set(schema.value, made);
    return made;
  }

  /** Most schemas are leaves, of a few kinds. */
  #leaf(flags: number): BodyPlace {
    const known = this.#leaves.get(flags);
    if (known) return known;
    const made = { root: this.#store.make(flags, new Map(), null, null), open_names: false };
    this.#leaves.set(flags, made);
    return made;
  }

  #compile(schema: Node, value: JsonObject): BodyPlace {
    let open_names = OPENING.some((keyword) => Object.hasOwn(value, keyword) && value[keyword] !== false);
    const place = (node: Node | null): Place | null => {
      if (!node) return null;
      const compiled = this.compile(node);
      open_names ||= compiled.open_names;
      return compiled.root;
    };
    const parts = (keyword: string): Place[] => branches(schema, keyword).map((branch) => place(branch) as Place);
    let root = this.#own(schema, value, place);
    const reference = value['$ref'];
    const target = typeof reference === 'string' ? lookUp(this.#root, reference) : null;
    // What is not found, and what is said only under conditions, opens names and says nothing else.
    if ((reference !== undefined && !target) || Object.hasOwn(value, '$dynamicRef')) open_names = true;
    for (const part of [place(target) ?? UNKNOWN, ...parts('allOf')]) root = this.#store.both(root, part);
    for (const keyword of ['anyOf', 'oneOf']) {
      const group = parts(keyword);
      if (group.length > 0)
        root = this.#store.both(
          root,
          group.reduce((left, right) => this.#store.either(left, right)),
        );
    }
    for (const keyword of ['then', 'else', 'contains', 'unevaluatedItems']) place(member(schema, keyword));
    for (const keyword of ['dependentSchemas', 'dependencies', 'prefixItems']) parts(keyword);
    return { root, open_names };
  }

  /** What the schema says itself, without what it refers to. */
  #own(schema: Node, value: JsonObject, place: (node: Node | null) => Place | null): Place {
    const named = new Map<string, Place>();
    for (const [name, property] of branchesByName(schema, 'properties')) named.set(name, place(property) as Place);
    const by_pattern = branchesByName(schema, 'patternProperties').map(([, node]) => place(node));
    const others = place(member(schema, 'additionalProperties'));
    const items = place(member(schema, 'items'));
    // By a pattern or a prefix it would depend on name or index: what is not known is not excused.
    // And a text that may be read as a string is not excused by what its items would be.
    const items_known = member(schema, 'prefixItems') || isStringToo(value['type']) ? null : items;
    return this.#store.make(flagsOf(value), named, by_pattern.length > 0 ? null : others, items_known);
  }
}

function isLeaf(schema: JsonObject): boolean {
  for (const keyword in schema) {
    if (keyword === '$ref' || keyword === '$dynamicRef' || SUBSCHEMAS.has(keyword)) return false;
  }
  return true;
}

function flagsOf(schema: JsonObject): number {
  const { format } = schema;
  return (
    (isClosed(schema) ? CLOSED : isHarmless(schema) ? HARMLESS : 0) |
    (isObject(schema['x-personal-data']) ? PERSONAL : 0) |
    (format === 'password' ? SECRET : 0) |
    (typeof format === 'string' ? (DECLARED[FORMAT_RULES[format] ?? ''] ?? 0) : 0)
  );
}

function isClosed(schema: JsonObject): boolean {
  if (Object.hasOwn(schema, 'enum') || Object.hasOwn(schema, 'const')) return true;
  const { type, format, maxLength } = schema;
  // Nothing that could hold a string: so that `string or null` counts what the string says.
  if (type === 'null' || type === 'integer' || type === 'number' || type === 'boolean') return true;
  if (mayHoldOthers(type)) return false;
  return CLOSED_FORMATS.has(format) || (typeof maxLength === 'number' && maxLength < SHORTEST_ATTACK);
}

const isStringToo = (type: unknown): boolean => Array.isArray(type) && type.includes('string');

function isHarmless({ type, pattern }: JsonObject): boolean {
  return typeof pattern === 'string' && !mayHoldOthers(type) && isHarmlessPattern(pattern);
}

/** Keywords about strings say nothing of the items of an array, which may travel as one text. */
function mayHoldOthers(type: unknown): boolean {
  return [type].flat().some((word) => word === 'array' || word === 'object');
}

function branches(schema: Node, keyword: string): Node[] {
  const holder = member(schema, keyword);
  return holder ? members(holder).map(([, branch]) => branch) : [];
}

function branchesByName(schema: Node, keyword: string): [string, Node][] {
  const holder = member(schema, keyword);
  return holder && isObject(holder.value) ? members(holder) : [];
}
