import type { FaultCode } from '../../../core/errors/faults.ts';
import {
  type CompiledSchema,
  SchemaCompiler,
  SchemaError,
  type SchemaNote,
} from '../../../protocol/jsonschema/index.ts';
import { checkAnnotations, viewNames, walkSchema } from './annotations.ts';
import { isObject, lookUp, member, type Node } from './pointer.ts';
import type { ContractReader } from './reader.ts';
import { find } from './scalar.ts';
import type { Viewer } from './types.ts';

export type Direction = 'request' | 'response';

const FAULT_OF_REASON = {
  unsupported: 'CONTRACT_UNSUPPORTED',
  invalid: 'CONTRACT_SCHEMA',
  pattern: 'CONTRACT_PATTERN',
  ref: 'CONTRACT_REF',
  binding: 'CONTRACT_BINDING',
} as const satisfies Record<SchemaError['reason'], FaultCode>;

/** Sees every member: the schema as validated, before any party's view of it. */
const EVERYTHING = () => true;

/** The compiled schemas of one contract, each compiled once per direction and set of visible names. */
export class SchemaLibrary {
  readonly #reader: ContractReader;
  readonly #all_views: readonly string[];
  readonly #compiled = new Map<string, CompiledSchema | null>();
  readonly #compilers = new Map<string, SchemaCompiler>();
  readonly #walked = new Set<unknown>();
  readonly #views = new Map<string, string>();

  /** @param views every name that any `x-views` of the contract uses */
  constructor(reader: ContractReader, views: ReadonlySet<string>) {
    this.#reader = reader;
    this.#all_views = [...views].sort();
  }

  /** Every name used by an `x-views` of the schemas compiled so far, sorted. */
  get views(): string[] {
    return [...this.#views.keys()].sort();
  }

  /** Each such name with the pointer of the first schema that uses it. */
  get view_places(): ReadonlyMap<string, string> {
    return this.#views;
  }

  /** Null after a fault; faults are collected, never thrown. */
  compile(schema: Node, direction: Direction): CompiledSchema | null {
    const target = this.#target(schema);
    const key = `${direction} ${target.pointer}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    this.#annotate(target, direction);
    const compiled = this.#tryCompile(target, direction);
    this.#compiled.set(key, compiled);
    return compiled;
  }

  /** As `compile` for responses, with each viewer's own view compiled at its first use. */
  compileViews(schema: Node): ((viewer: Viewer) => CompiledSchema) | null {
    const whole = this.compile(schema, 'response');
    if (!whole) return null;
    return this.#all_views.length > 0 ? this.#viewsOf(this.#target(schema), whole) : always(whole);
  }

  #viewsOf(target: Node, whole: CompiledSchema): (viewer: Viewer) => CompiledSchema {
    const by_viewer = new WeakMap<Viewer, CompiledSchema>();
    return (viewer) => {
      const known = by_viewer.get(viewer);
      if (known) return known;
      // By all names of the contract, not by those found below this schema: which those are, many kinds of reference
      // decide, and one that was missed would show what is to be hidden.
      const visible = this.#all_views.filter((name) => viewer.has(name));
      const compiled = visible.length === this.#all_views.length ? whole : this.#viewOf(target, visible);
      by_viewer.set(viewer, compiled);
      return compiled;
    };
  }

  #viewOf(target: Node, visible: readonly string[]): CompiledSchema {
    const view = `response ${JSON.stringify(visible)}`;
    const key = `${view} ${target.pointer}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const sees = (views: readonly string[]) => views.some((name) => visible.includes(name));
    const compiled = this.#compiler(view, 'response', sees).compile(target.value, target.pointer);
    this.#compiled.set(key, compiled);
    return compiled;
  }

  #annotate(target: Node, direction: Direction): void {
    const { root, log } = this.#reader;
    walkSchema(root, target, this.#walked, (schema) => {
      checkAnnotations(log, schema);
      for (const name of viewNames(schema)) {
        if (!this.#views.has(name)) this.#views.set(name, `${schema.pointer}/x-views`);
      }
    });
    const whole = direction === 'response' ? find(root, target, 'x-views') : null;
    if (whole) log.add('CONTRACT_BINDING', whole.pointer, 'x-views cannot hide a whole body; put it on a property');
  }

  #tryCompile(target: Node, direction: Direction): CompiledSchema | null {
    try {
      return this.#compiler(direction, direction, EVERYTHING).compile(target.value, target.pointer);
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      for (const fault of error.faults) {
        this.#reader.log.add(FAULT_OF_REASON[fault.reason], fault.pointer, fault.message);
      }
      return null;
    }
  }

  /** One for each direction and view, since it compiles what is referred to once for all its schemas. */
  #compiler(key: string, direction: Direction, visible: (views: readonly string[]) => boolean): SchemaCompiler {
    const known = this.#compilers.get(key);
    if (known) return known;
    const { root, version } = this.#reader;
    const note: SchemaNote = (keyword, pointer, text) => this.#reader.note(keyword, pointer, text);
    const dialect = version === '3.0' ? '3.0' : '2020-12';
    const compiler = new SchemaCompiler({ dialect, document: root, direction, visible, note });
    this.#compilers.set(key, compiler);
    return compiler;
  }

  /** Follows schemas that are nothing but a reference, so that a shared schema is compiled once. */
  #target(schema: Node): Node {
    const seen = new Set<string>();
    let current = schema;
    while (isObject(current.value) && Object.keys(current.value).length === 1 && !seen.has(current.pointer)) {
      seen.add(current.pointer);
      const reference = member(current, '$ref')?.value;
      const next = typeof reference === 'string' ? lookUp(this.#reader.root, reference) : null;
      if (!next) break;
      current = next;
    }
    return current;
  }
}

/** A function of its own, so that what it returns holds on to nothing else: the contract is let go after the load. */
function always(whole: CompiledSchema): (viewer: Viewer) => CompiledSchema {
  return () => whole;
}
