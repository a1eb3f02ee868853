/** A source file as a syntax tree, and the few questions the source rules ask of it. */
import { parseSync } from '@swc/core';

export interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Import {
  readonly module: string;
  /** The names taken from it; `*` when it is taken whole. */
  readonly names: readonly string[];
  readonly line: number;
}

export interface Syntax {
  readonly imports: readonly Import[];
  readonly nodes: readonly Node[];
  lineOf(node: Node): number;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function spanStart(node: Node): number {
  const span = node['span'] as { start: number } | undefined;
  return span?.start ?? 0;
}

/** Every node below `value`, parents first. Arguments and array items stand in wrappers without a type. */
function collect(value: unknown, into: Node[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, into);
  else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) into.push(value);
    for (const child of Object.values(value)) if (typeof child === 'object') collect(child, into);
  }
}

function isTypeOnly(node: Node): boolean {
  if (node['typeOnly'] === true) return true;
  const specifiers = (node['specifiers'] ?? []) as readonly Node[];
  return specifiers.length > 0 && specifiers.every((specifier) => specifier['isTypeOnly'] === true);
}

function importedNames(node: Node): string[] {
  const specifiers = (node['specifiers'] ?? []) as readonly Node[];
  const named = specifiers.filter((specifier) => specifier['isTypeOnly'] !== true);
  const isWhole = named.length === 0 || named.some((specifier) => !/^(Import|Export)Specifier$/.test(specifier.type));
  if (isWhole) return ['*'];
  return named.map((specifier) => {
    const original = (specifier['imported'] ?? specifier['local'] ?? specifier['orig']) as Node;
    return String(original['value']);
  });
}

/** The module a node loads at run time, or null: import, export from, import() and require(). */
function loadedModule(node: Node): string | null {
  if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type)) {
    const source = node['source'] as Node | null;
    return source && !isTypeOnly(node) ? String(source['value']) : null;
  }
  if (node.type !== 'CallExpression') return null;
  const callee = node['callee'] as Node;
  const first = (node['arguments'] as readonly { expression: Node }[])[0]?.expression;
  const isLoad = callee.type === 'Import' || (callee.type === 'Identifier' && callee['value'] === 'require');
  return isLoad && first?.type === 'StringLiteral' ? String(first['value']) : null;
}

/** Parses TypeScript. Throws when it does not parse. */
export function parse(text: string): Syntax {
  // swc counts positions on from the file it parsed before, in bytes, and starts a program at its first token;
  // a statement of our own in front makes the beginning known.
  const program = parseSync(`;${text}`, { syntax: 'typescript', target: 'es2024' });
  const base = program.body[0]?.span.start ?? 0;
  const bytes = Buffer.from(`;${text}`);
  const nodes: Node[] = [];
  collect(program.body, nodes);
  const lineOf = (node: Node) =>
    bytes
      .subarray(0, spanStart(node) - base)
      .toString('latin1')
      .split('\n').length;
  const imports = nodes.flatMap((node) => {
    const module = loadedModule(node);
    return module === null
      ? []
      : [{ module: module.replace(/^node:/, ''), names: importedNames(node), line: lineOf(node) }];
  });
  return { imports, nodes, lineOf };
}

/** True for `object.property` where both are plain names. */
export function isMember(node: Node, object: string, property: string): boolean {
  if (node.type !== 'MemberExpression') return false;
  const [left, right] = [node['object'] as Node, node['property'] as Node];
  return left.type === 'Identifier' && left['value'] === object && right['value'] === property;
}

/** True for a call of, or `new` on, the plain name. */
export function isCallOf(node: Node, name: string): boolean {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false;
  const callee = node['callee'] as Node;
  return callee.type === 'Identifier' && callee['value'] === name;
}
