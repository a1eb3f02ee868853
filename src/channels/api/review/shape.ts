import { createHash } from 'node:crypto';
import { Resources } from '../../../protocol/jsonschema/resources.ts';
import { keywordsHolding } from '../../../protocol/jsonschema/subschemas.ts';
import { OUR_EXTENSIONS } from '../contract/fields.ts';
import { isObject, lookUp, member, type Node } from '../contract/pointer.ts';
import { versionOf } from './document.ts';

/**
 * Digests of parts of a description, with everything they refer to. Neither the order of keys nor words for readers
 * count, so a digest changes when, and only when, what the gate lets in or out may have changed. Names of shared parts
 * do count: discriminators choose by them.
 */

/** Members whose names are chosen freely, so that none of them is a keyword. */
const NAMES = new Set([
  ...keywordsHolding('named'),
  ...['content', 'headers', 'responses', 'encoding', 'mapping'],
  ...['paths', 'webhooks', 'schemas', 'parameters', 'requestBodies', 'pathItems'],
]);
/** Members that are values and hold no keywords. */
const VALUES = new Set(['enum', 'const', 'required', 'type', 'tags', 'dependentRequired']);
/** Lists whose order says nothing. */
const UNORDERED = new Set(['enum', 'required', 'type', 'tags', 'parameters', 'x-views', 'anyOf', 'oneOf']);
/** What has no effect at the gate. */
const WORDS = new Set([
  ...['description', 'summary', 'title', 'example', 'examples', 'externalDocs', 'deprecated', 'default', '$comment'],
  ...['xml', 'security', 'servers', 'callbacks', 'links', 'operationId'],
]);

interface Part {
  readonly digest: string;
  /** References in it, as written. */
  readonly references: readonly string[];
}

export class Shapes {
  readonly #root: unknown;
  readonly #with_words: boolean;
  readonly #parts = new Map<string, Part>();
  /** Whether pointers do not say where references lead, so that the whole description counts for each of its parts. */
  readonly #dynamic: boolean;

  /** @param with_words true: words for readers count as well */
  constructor(root: unknown, { with_words = false }: { readonly with_words?: boolean } = {}) {
    this.#root = root;
    this.#with_words = with_words;
    this.#dynamic = versionOf(root) === '3.1' && Resources.of(root, '2020-12').dynamic;
  }

  /** SHA-256 in lower hex over these parts, in this order, and all they lead to. */
  digestOf(nodes: readonly Node[]): string {
    const hash = createHash('sha256');
    const seen = new Set<string>();
    const waiting: string[] = [];
    const add = ({ digest, references }: Part): void => {
      hash.update(digest).update('\n');
      for (const reference of references) {
        if (seen.has(reference)) continue;
        seen.add(reference);
        waiting.push(reference);
      }
    };
    for (const node of nodes) add(this.#part(node.pointer, node.value));
    if (this.#dynamic) add(this.#whole());
    // Sorted at every level, so that the order in which references stand says nothing.
    while (waiting.length > 0) {
      for (const reference of waiting.splice(0).sort()) {
        hash.update(`${reference} `);
        add(this.#referred(reference));
      }
    }
    return hash.digest('hex');
  }

  /** What cannot be found by its pointer may stand anywhere: then the whole description counts. */
  #referred(reference: string): Part {
    const node = lookUp(this.#root, reference);
    return node ? this.#part(node.pointer, node.value) : this.#whole();
  }

  /** The whole description, which holds all its references lead to. */
  #whole(): Part {
    return { digest: this.#part('', this.#root).digest, references: [] };
  }

  #part(pointer: string, value: unknown): Part {
    const known = this.#parts.get(pointer);
    if (known) return known;
    const references = new Set<string>();
    const text = this.#with_words ? plainText(value, references) : shapeText(value, references);
    const part = { digest: createHash('sha256').update(text).digest('hex'), references: [...references] };
    this.#parts.set(pointer, part);
    return part;
  }
}

/** The members of a path item or document that hold for the operations below, as a part of their own. */
export function inheritedShape(holder: Node): Node {
  const kept = [...OUR_EXTENSIONS, 'openapi', 'jsonSchemaDialect'].flatMap((key) => {
    const value = member(holder, key)?.value;
    // Patch versions of OpenAPI mean the same.
    return value === undefined ? [] : [[key, key === 'openapi' ? String(value).slice(0, 3) : value]];
  });
  return { value: Object.fromEntries(kept), pointer: `${holder.pointer}#inherited` };
}

/** Canonical text of an object of keywords, without words. */
function shapeText(value: unknown, references: Set<string>): string {
  if (Array.isArray(value)) return `[${value.map((item) => shapeText(item, references)).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value)
    .sort()
    .flatMap((key) => {
      if (WORDS.has(key) || (key.startsWith('x-') && !OUR_EXTENSIONS.has(key))) return [];
      return [`${JSON.stringify(key)}:${memberText(key, value[key], references)}`];
    });
  return `{${members.join()}}`;
}

function memberText(key: string, value: unknown, references: Set<string>): string {
  if (key === '$ref' && typeof value === 'string') references.add(value);
  if (UNORDERED.has(key) && Array.isArray(value)) {
    const items = value.map((item) => (VALUES.has(key) ? canonicalText(item) : shapeText(item, references)));
    return `[${items.sort().join()}]`;
  }
  if (VALUES.has(key) || key.startsWith('x-')) return canonicalText(value);
  if (!NAMES.has(key) || !isObject(value)) return shapeText(value, references);
  const named = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${shapeText(value[name], references)}`);
  if (key === 'mapping') for (const target of Object.values(value)) addMapped(target, references);
  return `{${named.join()}}`;
}

function addMapped(target: unknown, references: Set<string>): void {
  if (typeof target !== 'string') return;
  references.add(target.includes('/') || target.includes('#') ? target : `#/components/schemas/${target}`);
}

/** JSON with the members of objects in order. */
export function canonicalText(value: unknown): string {
  return plainText(value, new Set());
}

function plainText(value: unknown, references: Set<string>): string {
  if (Array.isArray(value)) return `[${value.map((item) => plainText(item, references)).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const reference = value['$ref'];
  if (typeof reference === 'string') references.add(reference);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${plainText(value[key], references)}`);
  return `{${members.join()}}`;
}
