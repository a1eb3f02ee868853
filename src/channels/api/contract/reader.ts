import type { FaultLog } from './fault-log.ts';
import { type FieldTable, isMeant, isTypo, OUR_EXTENSIONS, REFERENCE } from './fields.ts';
import { isObject, lookUp, member, members, type Node } from './pointer.ts';
import { type ContractNote, SENSITIVITIES, type Sensitivity } from './types.ts';

export type OpenApiVersion = '3.0' | '3.1';

/** Reads the objects of one document: closed member tables, local references, simple values. */
export class ContractReader {
  readonly root: unknown;
  readonly version: OpenApiVersion;
  readonly log: FaultLog;
  /** By text, with the places: a part that is shared by reference is read once per use. */
  readonly #notes = new Map<string, { keyword: string; places: Set<string> }>();

  readonly #read = new Map<string, unknown>();

  constructor(root: unknown, version: OpenApiVersion, log: FaultLog) {
    this.root = root;
    this.version = version;
    this.log = log;
  }

  get notes(): ContractNote[] {
    return Array.from(this.#notes, ([text, { keyword, places }]) => {
      const [pointer = ''] = places;
      return { keyword, text, count: places.size, pointer };
    });
  }

  /** Holds an object to its table: unknown members are faults. False when it is not an object. */
  closed(node: Node, table: FieldTable): boolean {
    if (!isObject(node.value)) {
      this.log.add('CONTRACT_SYNTAX', node.pointer, `${table.what} must be an object`);
      return false;
    }
    for (const [key, child] of members(node)) this.#field(key, child, table);
    return true;
  }

  #field(key: string, node: Node, table: FieldTable): void {
    const later = table.since_3_1 && Object.hasOwn(table.since_3_1, key) ? table.since_3_1[key] : undefined;
    const use = Object.hasOwn(table.fields, key) ? table.fields[key] : this.version === '3.1' ? later : undefined;
    if (use === 'ignored') this.note(key, node.pointer);
    if (use !== undefined) return;
    if (OUR_EXTENSIONS.has(key)) {
      this.log.add('CONTRACT_BINDING', node.pointer, `${key} has no effect on ${table.what}`);
    } else if (later !== undefined && later !== 'ignored') {
      this.log.add('CONTRACT_UNSUPPORTED', node.pointer, `'${key}' is known in OpenAPI 3.1 only`);
    } else if (!key.startsWith('x-')) this.#unknown(key, node, table);
  }

  /** A member no specification knows has no effect, unless its author meant one that has. */
  #unknown(key: string, node: Node, table: FieldTable): void {
    if (!table.strict && !isMeant(key, table)) return this.note(`'${clip(key)}' on ${table.what}`, node.pointer);
    const meant = Object.keys(table.fields).find((field) => isTypo(key, field));
    const message = `'${clip(key)}' is not enforced on ${table.what}`;
    this.log.add('CONTRACT_UNSUPPORTED', node.pointer, message, meant && `Did you mean ${meant}?`);
  }

  /**
   * Tells of something that stops no load.
   *
   * @param keyword what is told of; notes with one text are counted, and the first place is shown
   * @param text one sentence without a final stop; by default that the keyword has no effect
   */
  note(keyword: string, pointer: string, text = `${keyword} is read and has no effect at the gate`): void {
    const note = this.#notes.get(text) ?? { keyword, places: new Set() };
    this.#notes.set(text, note);
    note.places.add(pointer);
  }

  /** What is read from a part, read once however many refer to it; faults and notes are of the part itself. */
  once<Result>(what: string, { pointer }: Node, read: () => Result): Result {
    const key = `${what} ${pointer}`;
    if (!this.#read.has(key)) this.#read.set(key, read());
    return this.#read.get(key) as Result;
  }

  /** Follows local references until something else stands there; null after a fault. */
  resolve(node: Node): Node | null {
    const seen = new Set<string>();
    let current = node;
    while (isObject(current.value) && Object.hasOwn(current.value, '$ref')) {
      const at = member(current, '$ref') as Node;
      const next = this.#follow(current, at, seen);
      if (!next) return null;
      current = next;
    }
    return current;
  }

  #follow(holder: Node, { value, pointer }: Node, seen: Set<string>): Node | null {
    this.closed(holder, REFERENCE);
    if (typeof value !== 'string') return this.#badReference(pointer, '$ref must be a string');
    if (!value.startsWith('#')) {
      return this.#badReference(pointer, `$ref '${clip(value)}' leaves this file; contracts are never fetched`);
    }
    if (seen.has(value)) return this.#badReference(pointer, `$ref '${clip(value)}' leads back to itself`);
    seen.add(value);
    return lookUp(this.root, value) ?? this.#badReference(pointer, `$ref '${clip(value)}' points at nothing`);
  }

  #badReference(pointer: string, message: string): null {
    this.log.add('CONTRACT_REF', pointer, message);
    return null;
  }

  /** Refuses our extensions on an object whose other members have names of their own. */
  unextended(node: Node | null, what: string): void {
    for (const [key, child] of node ? members(node) : []) {
      if (OUR_EXTENSIONS.has(key)) this.log.add('CONTRACT_BINDING', child.pointer, `${key} has no effect on ${what}`);
    }
  }

  /** A boolean member, or the default where it is absent or wrong. */
  boolean(node: Node, key: string, otherwise: boolean): boolean {
    const child = member(node, key);
    if (!child) return otherwise;
    if (typeof child.value === 'boolean') return child.value;
    this.log.add('CONTRACT_SYNTAX', child.pointer, `${key} must be true or false`);
    return otherwise;
  }

  /** A string member, null where it is absent or wrong. */
  string(node: Node, key: string): string | null {
    const child = member(node, key);
    if (!child) return null;
    if (typeof child.value === 'string' && child.value !== '') return child.value;
    this.log.add('CONTRACT_SYNTAX', child.pointer, `${key} must be a non-empty string`);
    return null;
  }

  /** The members of an object member; none where it is absent. */
  map(node: Node, key: string): [string, Node][] {
    const child = member(node, key);
    if (!child) return [];
    if (isObject(child.value)) return members(child);
    this.log.add('CONTRACT_SYNTAX', child.pointer, `${key} must be an object`);
    return [];
  }

  /** The items of an array member; none where it is absent. */
  list(node: Node, key: string): Node[] {
    const child = member(node, key);
    if (!child) return [];
    if (Array.isArray(child.value)) return members(child).map(([, item]) => item);
    this.log.add('CONTRACT_SYNTAX', child.pointer, `${key} must be an array`);
    return [];
  }

  sensitivity(node: Node): Sensitivity | null {
    const child = member(node, 'x-sensitivity');
    if (!child) return null;
    const known = SENSITIVITIES.find((word) => word === child.value);
    if (!known)
      this.log.add('CONTRACT_BINDING', child.pointer, `x-sensitivity must be one of ${SENSITIVITIES.join(', ')}`);
    return known ?? null;
  }
}

/** Contract text in messages stays one short line. */
export function clip(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text).slice(1, -1);
}
