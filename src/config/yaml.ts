import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import type { Fault } from '../core/errors/faults.ts';
import { parseStrictYaml } from '../protocol/yaml/parse.ts';
import { displayPath } from './display.ts';
import { type KeyPath, Positions, type SourcePosition } from './positions.ts';

/** Aliases a file may use, values it may hold once they are expanded, and how deep it may nest. */
const MAX_ALIASES = 32;
const MAX_VALUES = 100_000;
const MAX_DEPTH = 32;

export interface YamlFile {
  /** Plain values: mappings have no prototype. Null when the file could not be read at all. */
  readonly value: unknown;
  readonly positions: Positions;
  readonly faults: readonly Fault[];
}

/**
 * Reads strict YAML 1.2 (core schema): one document, unique text keys, no tags, no merge keys, no directives, few
 * aliases. Never throws: what is wrong comes back as faults, none of which quotes the file.
 *
 * @param file the file as the user named it
 */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const positions = new Positions(file);
  const { document, problems } = parseStrictYaml(text, { lineCounter: lines, uniqueKeys: false });
  const faults = problems.map(({ offset, ...problem }) => {
    return { code: 'CONFIG_SYNTAX' as const, ...problem, ...place(file, lines, offset) };
  });
  // After a fault in the syntax the values are guesses.
  if (document === null || faults.length > 0) return { value: null, positions, faults };
  const reader = new YamlReader(document, positions, (offset) => place(file, lines, offset));
  const value = reader.read(document.contents, [], 0);
  return { value, positions, faults: reader.faults };
}

function place(file: string, lines: LineCounter, offset: number): SourcePosition {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Turns nodes into plain values and remembers where each stood. */
class YamlReader {
  readonly faults: Fault[] = [];
  readonly #document: Document.Parsed;
  readonly #positions: Positions;
  readonly #place: (offset: number) => SourcePosition;
  readonly #open = new Set<Node>();
  #values = 0;
  #aliases = 0;

  constructor(document: Document.Parsed, positions: Positions, place: (offset: number) => SourcePosition) {
    this.#document = document;
    this.#positions = positions;
    this.#place = place;
  }

  fault(problem: Pick<Fault, 'code' | 'message' | 'suggestion'>, offset: number, path: KeyPath = []): void {
    const key = displayPath(path);
    this.faults.push({ ...problem, ...this.#place(offset), ...(key && { key }) });
  }

  read(node: unknown, path: KeyPath, depth: number): unknown {
    if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return null;
    const offset = node.range?.[0] ?? 0;
    this.#positions.setValue(path, this.#place(offset));
    if (depth > MAX_DEPTH) return this.#refuse('the file is nested too deeply', offset, path);
    if (++this.#values > MAX_VALUES) return this.#refuse('the file holds too many values', offset, path);
    if (isAlias(node)) return this.#alias(node, path, depth);
    if (isScalar(node)) return node.value;
    this.#open.add(node);
    const value = isMap(node) ? this.#mapping(node.items, path, depth) : this.#list(node.items, path, depth);
    this.#open.delete(node);
    return value;
  }

  #list(items: readonly unknown[], path: KeyPath, depth: number): unknown[] {
    const list: unknown[] = [];
    for (const [index, item] of items.entries()) {
      if (this.#values > MAX_VALUES) break;
      list.push(this.read(item, [...path, index], depth + 1));
    }
    return list;
  }

  #mapping(items: readonly { key: unknown; value: unknown }[], path: KeyPath, depth: number): unknown {
    const mapping: Record<string, unknown> = Object.create(null);
    for (const { key, value } of items) {
      if (this.#values > MAX_VALUES) break;
      if (!isScalar(key)) continue;
      const offset = key.range?.[0] ?? 0;
      const name = String(key.value ?? '');
      const here = [...path, name];
      this.#positions.setKey(here, this.#place(offset));
      if (name === '__proto__' || name === '<<') {
        const message = name === '<<' ? 'merge keys are not accepted here' : 'is not a known key here';
        this.fault({ code: 'CONFIG_UNKNOWN_KEY', message }, offset, here);
        continue;
      }
      if (Object.hasOwn(mapping, name)) {
        this.fault({ code: 'CONFIG_DUPLICATE', message: 'stands twice in this mapping' }, offset, here);
      }
      mapping[name] = this.read(value, here, depth + 1);
    }
    return mapping;
  }

  #alias(alias: Alias, path: KeyPath, depth: number): unknown {
    const offset = alias.range?.[0] ?? 0;
    if (++this.#aliases > MAX_ALIASES)
      return this.#refuse(`the file uses more than ${MAX_ALIASES} aliases`, offset, path);
    const target = alias.resolve(this.#document);
    if (!target) return this.#refuse('an alias refers to no anchor before it', offset, path);
    if (this.#open.has(target)) return this.#refuse('an alias stands for a value around it', offset, path);
    return this.read(target, path, depth);
  }

  #refuse(message: string, offset: number, path: KeyPath): null {
    // One is enough: with a limit crossed, every further value would cross it too.
    if (!this.faults.some((fault) => fault.message === message)) {
      this.fault({ code: 'CONFIG_SYNTAX', message }, offset, path);
    }
    return null;
  }
}
