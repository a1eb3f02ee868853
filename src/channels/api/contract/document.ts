import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
} from 'yaml';
import { type Fault, LoadError } from '../../../core/errors/faults.ts';
import { JsonError, parseJson } from '../../../protocol/json/index.ts';
import { syntaxProblem } from '../../../protocol/yaml/syntax-problems.ts';
import { locateInJson } from './locate-json.ts';
import { pointerParts } from './pointer.ts';

/** A contract as read from disk: plain values, and the way back to where they stand in the text. */
export interface SourceDocument {
  /** As the user named it. */
  readonly path: string;
  readonly text: string;
  readonly root: unknown;
}

/** 1-based, counted in UTF-16 code units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Contracts above this are not read at all. */
export const MAX_CONTRACT_BYTES = 32 * 1024 * 1024;
/** The YAML library counts what aliases expand to; a contract reuses by $ref, so few are needed. */
const MAX_ALIASES = 100;
const YAML_OPTIONS = { version: '1.2', strict: true, uniqueKeys: true, merge: false, logLevel: 'silent' } as const;
const CONTRACT_LIMITS = {
  max_bytes: MAX_CONTRACT_BYTES,
  max_depth: 256,
  max_keys: 4_000_000,
  max_items: 4_000_000,
  max_number_length: 64,
} as const;

/**
 * Reads an OpenAPI description as plain values: `.json` as strict JSON, anything else as YAML 1.2 (core schema),
 * unless the first character says JSON and the name does not say YAML.
 *
 * @throws LoadError CONTRACT_SYNTAX with every syntax error found: duplicate keys, custom tags, too many aliases.
 */
export function readDocument(path: string, text: string): SourceDocument {
  if (Buffer.byteLength(text) > MAX_CONTRACT_BYTES)
    throw syntaxError(path, [], `The file is larger than ${MAX_CONTRACT_BYTES} bytes`);
  return { path, text, root: isJson(path, text) ? readJson(path, text) : readYaml(path, text) };
}

/**
 * A function from JSON Pointer to position: that of the key for a member, of the item in an array, of the nearest
 * parent for what is missing. Building it reads the text again, so build it only when something is to be reported.
 */
export function createLocator(source: SourceDocument): (pointer: string) => Position {
  if (isJson(source.path, source.text)) {
    return (pointer) => positionAt(source.text, locateInJson(source.text, pointerParts(pointer)));
  }
  const lines = new LineCounter();
  const document = parseDocument(source.text, { ...YAML_OPTIONS, lineCounter: lines });
  return (pointer) => {
    const { line, col } = lines.linePos(locateInYaml(document, pointerParts(pointer)));
    return { line, column: col };
  };
}

function isJson(path: string, text: string): boolean {
  if (/\.json$/i.test(path)) return true;
  return !/\.ya?ml$/i.test(path) && text.trimStart().startsWith('{');
}

function readJson(path: string, text: string): unknown {
  const bytes = Buffer.from(text);
  try {
    parseJson(bytes, CONTRACT_LIMITS);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const offset = bytes.subarray(0, error.offset).toString().length;
    throw syntaxError(path, [positionAt(text, offset)], `The file is not strict JSON (${error.code})`);
  }
  return JSON.parse(text);
}

function readYaml(path: string, text: string): unknown {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { ...YAML_OPTIONS, lineCounter: lines, prettyErrors: false });
    const problems = [...document.errors, ...document.warnings];
    if (problems.length > 0) throw new LoadError(problems.map((problem) => yamlFault(path, problem, lines)));
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof LoadError) throw error;
    // What the library throws here: unknown or too many aliases, or a document nested beyond the stack.
    const reason = error instanceof RangeError ? 'nested too deeply' : 'an alias is unknown or expands too often';
    throw syntaxError(path, [], `The YAML document cannot be read: ${reason}`);
  }
}

function yamlFault(path: string, problem: { code: ErrorCode; pos: [number, number] }, lines: LineCounter): Fault {
  const { line, col } = lines.linePos(problem.pos[0]);
  return { code: 'CONTRACT_SYNTAX', ...syntaxProblem(problem.code), file: path, line, column: col };
}

function syntaxError(path: string, [position]: readonly Position[], message: string): LoadError {
  return new LoadError([{ code: 'CONTRACT_SYNTAX', message, file: path, ...position }]);
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

function locateInYaml(document: Document.Parsed, parts: readonly string[]): number {
  let node: ParsedNode | null = document.contents as ParsedNode | null;
  let found = node?.range?.[0] ?? 0;
  for (const part of parts) {
    if (isAlias(node)) node = (node.resolve(document) as ParsedNode | undefined) ?? null;
    const next = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === part)
      : isSeq(node)
        ? { key: node.items[Number(part)], value: node.items[Number(part)] }
        : undefined;
    const place = (next?.key as ParsedNode | undefined)?.range?.[0];
    if (place === undefined) break;
    found = place;
    node = (next?.value ?? null) as ParsedNode | null;
  }
  return found;
}
