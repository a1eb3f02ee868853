import { pointerToken, tokenName } from '../json/pointer.ts';
import { keywordsHolding } from './subschemas.ts';
import { type Dialect, isObject, type SchemaObject } from './types.ts';

/** A schema of the document and where it stands. */
export interface Place {
  readonly schema: unknown;
  /** JSON Pointer in the document. */
  readonly pointer: string;
  readonly resource: Resource;
}

/** A schema resource (2020-12 core 4.3.5): the document, or a schema with an `$id` and what is below it. */
export interface Resource {
  /** Absolute, without fragment; what `$id` and `$ref` below are resolved against. */
  readonly uri: string;
  readonly root: unknown;
  readonly pointer: string;
  /** By `$anchor` and `$dynamicAnchor`. */
  readonly anchors: Map<string, Anchor>;
}

interface Anchor {
  readonly schema: SchemaObject;
  readonly pointer: string;
  readonly dynamic: boolean;
}

/** Resolves `$id` values of documents that have no URI of their own. Nothing is ever fetched. */
const DOCUMENT_URI = 'document:///';

/** Members whose values are names with schemas, or with parts of an OpenAPI description, behind them. */
const MAPS: ReadonlySet<string> = new Set([
  ...keywordsHolding('named'),
  ...['schemas', 'responses', 'requestBodies', 'headers', 'pathItems', 'callbacks', 'paths', 'webhooks', 'content'],
]);
/** Members whose values are schemas, lists of schemas, or parts of an OpenAPI description. */
const HOLDERS: ReadonlySet<string> = new Set([
  ...keywordsHolding('one'),
  ...keywordsHolding('list'),
  'contentSchema',
  ...['components', 'schema', 'requestBody', 'get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'],
]);

const BY_DOCUMENT = new WeakMap<object, Resources>();

/**
 * Every schema resource of a document, and the names it gives to schemas. Looks only where schemas can stand, so
 * that an `$id` in an example, a `const` or an unknown keyword identifies nothing.
 */
export class Resources {
  readonly document: Resource;
  readonly #byUri = new Map<string, Resource>();
  /** Schemas that do not belong to the document's own resource. */
  readonly #homes = new WeakMap<object, Resource>();
  /** URIs and anchors that stand for two schemas, which then name neither. */
  readonly #ambiguous = new Set<string>();
  #identified = false;
  #dynamic = false;

  private constructor(document: unknown) {
    const id = isObject(document) ? resolveId(document['$id'], DOCUMENT_URI) : undefined;
    this.document = { uri: id ?? DOCUMENT_URI, root: document, pointer: '', anchors: new Map() };
    this.#byUri.set(this.document.uri, this.document);
  }

  /** Of one document always the same. OpenAPI 3.0 has no identifiers. */
  static of(document: unknown, dialect: Dialect): Resources {
    if (dialect === '3.0' || !isObject(document)) return new Resources(document);
    const known = BY_DOCUMENT.get(document);
    if (known !== undefined) return known;
    const resources = new Resources(document);
    if (hasIdentifier(document, false)) {
      resources.#identified = true;
      resources.#walk(document, '', resources.document, false);
    }
    BY_DOCUMENT.set(document, resources);
    return resources;
  }

  /** For who changes a document. */
  static forget(document: unknown): void {
    if (isObject(document)) BY_DOCUMENT.delete(document);
  }

  /** Whether some schema has an identifier. */
  get identified(): boolean {
    return this.#identified;
  }

  /** Whether some schema has a `$dynamicAnchor`, so that who refers to whom matters. */
  get dynamic(): boolean {
    return this.#dynamic;
  }

  /** The resource a schema belongs to; `otherwise` for one that stands where none was looked for. */
  homeOf(schema: unknown, otherwise: Resource = this.document): Resource {
    return (isObject(schema) ? this.#homes.get(schema) : undefined) ?? otherwise;
  }

  /**
   * What a reference leads to (2020-12 core 8.2.3.1), within the document.
   *
   * @returns undefined when it leads out of the document, to nothing, or to more than one schema
   */
  resolve(reference: string, from: Resource): Place | undefined {
    const hash = reference.indexOf('#');
    const path = hash < 0 ? reference : reference.slice(0, hash);
    const resource = path === '' ? from : this.#resourceAt(path, from);
    const fragment = hash < 0 ? '' : decoded(reference.slice(hash + 1));
    if (resource === undefined || fragment === undefined) return undefined;
    if (fragment === '') return { schema: resource.root, pointer: resource.pointer, resource };
    return fragment.startsWith('/') ? this.#atPointer(resource, fragment) : this.#atAnchor(resource, fragment);
  }

  /** The schemas with a `$dynamicAnchor` of this name, one of each resource that has it. */
  dynamicAnchors(name: string): ReadonlyMap<Resource, Place> {
    const found = new Map<Resource, Place>();
    for (const resource of this.#byUri.values()) {
      const anchor = resource.anchors.get(name);
      if (anchor?.dynamic) found.set(resource, { ...anchor, resource });
    }
    return found;
  }

  #resourceAt(path: string, from: Resource): Resource | undefined {
    const uri = URL.parse(path, from.uri)?.href;
    return uri === undefined || this.#ambiguous.has(uri) ? undefined : this.#byUri.get(uri);
  }

  #atPointer(resource: Resource, fragment: string): Place | undefined {
    let { root: schema, pointer } = resource;
    let home = resource;
    for (const token of fragment.slice(1).split('/')) {
      const name = tokenName(token);
      schema = memberOf(schema, name);
      if (schema === undefined) return undefined;
      pointer += pointerToken(name);
      home = this.homeOf(schema, home);
    }
    return { schema, pointer, resource: home };
  }

  #atAnchor(resource: Resource, name: string): Place | undefined {
    const anchor = resource.anchors.get(name);
    if (anchor === undefined || this.#ambiguous.has(`${resource.uri}#${name}`)) return undefined;
    return { ...anchor, resource };
  }

  /** @param names whether the members are names chosen by the author rather than keywords */
  #walk(value: unknown, pointer: string, around: Resource, names: boolean): void {
    if (typeof value !== 'object' || value === null) return;
    const home = names || Array.isArray(value) ? around : this.#enter(value as SchemaObject, pointer, around);
    for (const [name, member, kind] of followed(value, names)) {
      this.#walk(member, pointer + pointerToken(name), home, kind);
    }
  }

  #enter(schema: SchemaObject, pointer: string, around: Resource): Resource {
    const uri = pointer === '' ? undefined : resolveId(schema['$id'], around.uri);
    const home = uri === undefined ? around : { uri, root: schema, pointer, anchors: new Map<string, Anchor>() };
    if (home !== around) {
      if (this.#byUri.has(home.uri)) this.#ambiguous.add(home.uri);
      this.#byUri.set(home.uri, home);
    }
    if (home !== this.document) this.#homes.set(schema, home);
    this.#name(schema, '$anchor', pointer, home);
    this.#name(schema, '$dynamicAnchor', pointer, home);
    return home;
  }

  #name(schema: SchemaObject, keyword: '$anchor' | '$dynamicAnchor', pointer: string, home: Resource): void {
    const name = schema[keyword];
    if (typeof name !== 'string') return;
    const dynamic = keyword === '$dynamicAnchor';
    if (dynamic) this.#dynamic = true;
    if (home.anchors.has(name)) this.#ambiguous.add(`${home.uri}#${name}`);
    home.anchors.set(name, { schema, pointer, dynamic });
  }
}

/** An own member or item; undefined when there is none. */
function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The absolute URI of an `$id`; undefined where there is none. An empty fragment is dropped (core 8.2.1). */
function resolveId(id: unknown, base: string): string | undefined {
  if (typeof id !== 'string') return undefined;
  return URL.parse(id.replace(/#$/u, ''), base)?.href;
}

function decoded(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

/** Most documents have no identifier: the large ones are walked once, without writing down where, nor allocating. */
function hasIdentifier(value: unknown, names: boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => hasIdentifier(item, false));
  const schema = value as SchemaObject;
  if (!names && isIdentified(schema)) return true;
  for (const name in schema) {
    const inside = names ? 'keywords' : insideOf(name, schema[name]);
    if (inside !== null && hasIdentifier(schema[name], inside === 'names')) return true;
  }
  return false;
}

function isIdentified(schema: SchemaObject): boolean {
  const { $id, $anchor, $dynamicAnchor } = schema;
  return typeof $id === 'string' || typeof $anchor === 'string' || typeof $dynamicAnchor === 'string';
}

/** Members behind which schemas can stand, and whether their own members are names. */
export function* followed(value: object, names: boolean): Generator<readonly [string, unknown, boolean]> {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) yield [String(index), value[index], false];
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const inside = names ? 'keywords' : insideOf(name, member);
    if (inside !== null) yield [name, member, inside === 'names'];
  }
}

/** What the members of a keyword's value are; null where no schema can stand in it. */
function insideOf(keyword: string, value: unknown): 'names' | 'keywords' | null {
  if (MAPS.has(keyword)) return 'names';
  if (HOLDERS.has(keyword)) return 'keywords';
  // A list at an operation, names among the components.
  if (keyword === 'parameters') return Array.isArray(value) ? 'keywords' : 'names';
  return null;
}
