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
import { CONTRACT_JSON, MAX_CONTRACT_BYTES } from './json-limits.ts';
import { createJsonLocator, lineStarts, positionOf } from './locate-json.ts';
import { pointerParts } from './pointer.ts';

/** A file as plain values, and the way back to where they stand in the text. */
export interface SourceDocument extends TextFile {
  readonly root: unknown;
}

/** A file of a contract: the description itself or an overlay. */
export interface TextFile {
  /** As the user named it; decides between JSON and YAML. */
  readonly path: string;
  readonly text: string;
}

/** Where something stands, as a fault tells it. */
export interface Place extends Position {
  readonly file: string;
}

/** The places of JSON Pointers, all at once because the text is read again. */
export type Locate = (pointers: readonly string[]) => Place[];

/** 1-based, counted in UTF-16 code units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Nobody reads more of them at once, and the later ones are mostly consequences. */
const MAX_SYNTAX_FAULTS = 20;
/** The YAML library counts what aliases expand to; a contract reuses by $ref, so few are needed. */
const MAX_ALIASES = 100;
const YAML_OPTIONS = { version: '1.2', strict: true, uniqueKeys: true, merge: false, logLevel: 'silent' } as const;
/**
 * Reads an OpenAPI description as plain values: `.json` as strict JSON, anything else as YAML 1.2 (core schema),
 * unless the first character says JSON and the name does not say YAML.
 *
 * @throws LoadError CONTRACT_SYNTAX with every syntax error found: duplicate keys, custom tags, too many aliases.
 */
export function readDocument({ path, text }: TextFile): SourceDocument {
  if (Buffer.byteLength(text) > MAX_CONTRACT_BYTES)
    throw syntaxError(path, [], `The file is larger than ${MAX_CONTRACT_BYTES} bytes`);
  return { path, text, root: isJson(path, text) ? readJson(path, text) : readYaml(path, text) };
}

/**
 * A function from JSON Pointer to position: that of the key for a member, of the item in an array, of the nearest
 * parent for what is missing. Building it reads the text again, so build it only when something is to be reported.
 */
export function createLocator(source: TextFile): (pointer: string) => Position {
  if (isJson(source.path, source.text)) {
    const locate = createJsonLocator(source.text);
    return (pointer) => locate(pointerParts(pointer));
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
    // Only for what it refuses: JSON.parse makes plain values faster.
    parseJson(bytes, CONTRACT_JSON);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const position = positionOf(bytes, lineStarts(bytes), error.offset);
    throw syntaxError(path, [position], `The file is not strict JSON (${error.code})`);
  }
  return JSON.parse(text);
}

function readYaml(path: string, text: string): unknown {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { ...YAML_OPTIONS, lineCounter: lines, prettyErrors: false });
    const problems = [...document.errors, ...document.warnings];
    if (problems.length > 0) throw new LoadError(yamlFaults(path, problems, lines));
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof LoadError) throw error;
    // What the library throws here: unknown or too many aliases, or a document nested beyond the stack.
    const reason = error instanceof RangeError ? 'nested too deeply' : 'an alias is unknown or expands too often';
    throw syntaxError(path, [], `The YAML document cannot be read: ${reason}`);
  }
}

interface YamlProblem {
  readonly code: ErrorCode;
  readonly pos: readonly [number, number];
}

/** The first of them, and how many more: a file that is no YAML at all has one in every line. */
function yamlFaults(path: string, problems: readonly YamlProblem[], lines: LineCounter): Fault[] {
  const at = ({ pos }: YamlProblem) => {
    const { line, col } = lines.linePos(pos[0]);
    return { file: path, line, column: col };
  };
  const told = problems.slice(0, MAX_SYNTAX_FAULTS).map((problem): Fault => {
    return { code: 'CONTRACT_SYNTAX', ...syntaxProblem(problem.code), ...at(problem) };
  });
  const [next, ...others] = problems.slice(MAX_SYNTAX_FAULTS);
  if (next === undefined) return told;
  const message = `and ${others.length + 1} more from here on; is this an OpenAPI description?`;
  return [...told, { code: 'CONTRACT_SYNTAX', message, ...at(next) }];
}

function syntaxError(path: string, [position]: readonly Position[], message: string): LoadError {
  return new LoadError([{ code: 'CONTRACT_SYNTAX', message, file: path, ...position }]);
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
