/** Policy tests: a YAML table of questions with the answers they must get. */

import { isMap, isNode, isSeq, LineCounter, type Node } from 'yaml';
import { nearest } from '../../protocol/text/edit-distance.ts';
import { parseStrictYaml } from '../../protocol/yaml/parse.ts';
import { type Fault, type FaultCode, LoadError } from '../errors/faults.ts';
import { type PartialContext, prepareContext } from './context.ts';
import type { Decision, PolicyEngine } from './engine.ts';
import { type Explanation, explain, questionContext } from './explain.ts';

export interface PolicyCase {
  readonly machine: string;
  readonly operation: string;
  readonly context?: PartialContext;
  readonly expect: 'allow' | 'deny';
  /** Names of exactly the policies that must determine the answer, in any order. */
  readonly policies?: readonly string[];
  readonly file: string;
  readonly line: number;
}

export interface CaseResult {
  readonly case: PolicyCase;
  readonly ok: boolean;
  /** Why it is not ok; empty when it is. */
  readonly problems: readonly string[];
  readonly decision: Decision;
  /** Only of a case that is not ok. */
  readonly explanation: Explanation | null;
}

/** Most cases in a file. */
const MAX_CASES = 10_000;

/**
 * Reads a table: `cases:` with a list of `{machine, operation, expect, context?, policies?}`.
 * Strict YAML; aliases are refused.
 *
 * @throws LoadError with CONFIG_SYNTAX, CONFIG_UNKNOWN_KEY, CONFIG_MISSING, CONFIG_TYPE or CONFIG_VALUE faults.
 */
export function parseTable(file: string, text: string): PolicyCase[] {
  const lines = new LineCounter();
  const { document, problems } = parseStrictYaml(text, { lineCounter: lines, uniqueKeys: true });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document === null || problems.length > 0) {
    throw new LoadError(
      problems.map(({ offset, ...problem }) => ({ code: 'CONFIG_SYNTAX', ...problem, ...place(offset) })),
    );
  }
  const reader = new TableReader((node) => place(isNode(node) ? (node.range?.[0] ?? 0) : 0));
  const cases = reader.table(document.contents);
  if (reader.faults.length > 0) throw new LoadError(reader.faults);
  return cases;
}

type Place = { file: string; line: number; column: number };

const CASE_KEYS = ['machine', 'operation', 'context', 'expect', 'policies'];
const CONTEXT_TYPES: Record<string, Record<string, 'string' | 'boolean' | 'number'>> = {
  tls: { version: 'string', cipher: 'string', group: 'string', resumed: 'boolean' },
  certificate: { trust: 'string', key_type: 'string', key_bits: 'number', thumbprint: 'string' },
};

class TableReader {
  readonly faults: Fault[] = [];
  readonly #at: (node: unknown) => Place;

  constructor(at: (node: unknown) => Place) {
    this.#at = at;
  }

  table(root: Node | null): PolicyCase[] {
    const cases = this.#members(root, 'the table', ['cases'], '')?.get('cases');
    if (!isSeq(cases)) {
      this.#fault('CONFIG_MISSING', 'a list of cases is required', root, 'cases');
      return [];
    }
    if (cases.items.length > MAX_CASES) this.#fault('CONFIG_VALUE', `more than ${MAX_CASES} cases`, cases, 'cases');
    return cases.items.slice(0, MAX_CASES).map((node, index) => this.#case(node, `cases[${index}]`));
  }

  #case(node: unknown, key: string): PolicyCase {
    const members = this.#members(node, 'a case', CASE_KEYS, key) ?? new Map<string, unknown>();
    const expect = this.#scalar(members.get('expect'), 'string', node, `${key}.expect`);
    if (typeof expect === 'string' && expect !== 'allow' && expect !== 'deny') {
      this.#fault('CONFIG_VALUE', 'expect is allow or deny', members.get('expect'), `${key}.expect`);
    }
    const { file, line } = this.#at(node);
    return {
      machine: String(this.#scalar(members.get('machine'), 'string', node, `${key}.machine`)),
      operation: String(this.#scalar(members.get('operation'), 'string', node, `${key}.operation`)),
      expect: expect === 'allow' ? 'allow' : 'deny',
      ...(members.has('context') ? { context: this.#context(members.get('context'), `${key}.context`) } : {}),
      ...(members.has('policies') ? { policies: this.#names(members.get('policies'), `${key}.policies`) } : {}),
      file,
      line,
    };
  }

  #context(node: unknown, key: string): PartialContext {
    const context: Record<string, unknown> = {};
    const members = this.#members(node, 'a context', ['zone', ...Object.keys(CONTEXT_TYPES)], key);
    for (const [name, value] of members ?? []) {
      const types = CONTEXT_TYPES[name];
      if (types === undefined) {
        context[name] = this.#scalar(value, 'string', value, `${key}.${name}`);
        continue;
      }
      const parts = this.#members(value, name, Object.keys(types), `${key}.${name}`) ?? [];
      context[name] = Object.fromEntries(
        [...parts].map(([part, scalar]) => [
          part,
          this.#scalar(scalar, types[part] ?? 'string', scalar, `${key}.${name}.${part}`),
        ]),
      );
    }
    return context;
  }

  #names(node: unknown, key: string): string[] {
    if (isSeq(node))
      return node.items.map((item, index) => String(this.#scalar(item, 'string', item, `${key}[${index}]`)));
    this.#fault('CONFIG_TYPE', 'a list of policy names is required', node, key);
    return [];
  }

  /** The members of a mapping by name, unknown names reported; null when it is not a mapping. */
  #members(node: unknown, what: string, known: readonly string[], key: string): Map<string, unknown> | null {
    if (!isMap(node)) {
      this.#fault('CONFIG_TYPE', `${what} must be a mapping`, node, key);
      return null;
    }
    const members = new Map<string, unknown>();
    for (const pair of node.items) {
      const name = String(isNode(pair.key) ? pair.key.toJSON() : pair.key);
      if (known.includes(name)) members.set(name, pair.value);
      else this.#unknown(name, pair.key, known, key);
    }
    return members;
  }

  #unknown(name: string, node: unknown, known: readonly string[], key: string): void {
    const near = nearest(name, known);
    const suggestion = near === null ? `known keys are ${known.join(', ')}` : `did you mean ${near}?`;
    this.#fault('CONFIG_UNKNOWN_KEY', 'is not known here', node, key ? `${key}.${name}` : name, suggestion);
  }

  #scalar(node: unknown, type: 'string' | 'boolean' | 'number', around: unknown, key: string): unknown {
    const value: unknown = isNode(node) ? node.toJSON() : undefined;
    if (value === undefined || value === null) this.#fault('CONFIG_MISSING', 'is required', around, key);
    else if (typeof value !== type) this.#fault('CONFIG_TYPE', `must be a ${type}`, node, key);
    return value;
  }

  #fault(code: FaultCode, message: string, node: unknown, key: string, suggestion?: string): void {
    this.faults.push({ code, message, key, ...this.#at(node), ...(suggestion === undefined ? {} : { suggestion }) });
  }
}

/** Asks every question of the table. */
export function runTable(engine: PolicyEngine, cases: readonly PolicyCase[]): CaseResult[] {
  return cases.map((wanted) => {
    const decision = engine.decide({ ...wanted, context: prepareContext(questionContext(engine, wanted)) });
    const problems = problemsOf(wanted, decision);
    const ok = problems.length === 0;
    return { case: wanted, ok, problems, decision, explanation: ok ? null : explain(engine, wanted) };
  });
}

function problemsOf(wanted: PolicyCase, decision: Decision): string[] {
  const problems: string[] = [];
  // An error refuses, but a table that expects a denial did not mean a broken question.
  if (decision.code === 'AUTHZ_ERROR') problems.push(`could not be decided: ${decision.errors.join('; ')}`);
  const got = decision.allow ? 'allow' : 'deny';
  if (got !== wanted.expect) problems.push(`expected ${wanted.expect}, got ${got}`);
  if (wanted.policies !== undefined) {
    const [expected, determined] = [[...wanted.policies].sort(), [...decision.policies].sort()];
    if (JSON.stringify(expected) !== JSON.stringify(determined)) {
      problems.push(`expected the policies [${expected.join(', ')}] to decide, got [${determined.join(', ')}]`);
    }
  }
  return problems;
}
