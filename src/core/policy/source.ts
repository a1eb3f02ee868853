/** Policy files cut into policies, each knowing where it stands. */

import type { Fault } from '../errors/faults.ts';
import { type Answer, countPolicies, type DetailedError, type PolicyJson, parsePolicy } from './cedar.ts';
import { expressionDepth } from './expression.ts';
import { lex, nesting, type Statement, splitStatements, textOf } from './lexer.ts';

export interface PolicyFile {
  /** As the user named it; stands in faults and explanations. */
  readonly path: string;
  readonly text: string;
}

export interface PolicySource {
  /** The `@id` annotation, or `file#N` with N counting from 1. */
  readonly name: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  readonly text: string;
  readonly effect: 'permit' | 'forbid';
  readonly json: PolicyJson;
  /** Tokens of the text; their starts are indices into the text of the file. */
  readonly statement: Statement;
  readonly file_text: string;
}

/** Something legal that is probably not meant. Does not stop the load. */
export interface PolicyWarning {
  readonly policy: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Bounds on one policy. The library recurses on its own small stack, and running over it breaks the library for
 * every later call in this thread, so a policy that nests too deep must not reach it. The library gave way at a
 * bracket depth of 119, 743 chained `if` and an expression depth of 353; the bounds stay well below.
 */
const MAX_BRACKET_DEPTH = 32;
const MAX_IFS = 64;
const MAX_OPERATORS = 1_000;
const MAX_EXPRESSION_DEPTH = 128;

const OPERATORS = new Set(['&&', '||', '+', '-', '*', '.', '[', '!', '<', '>', '==', '!=', '<=', '>=']);

/** Reads one file; faults are added to `faults`, policies that parse are the answer. */
export function readPolicyFile(file: PolicyFile, faults: Fault[]): PolicySource[] {
  if (!file.text.isWellFormed()) {
    faults.push({ code: 'POLICY_SYNTAX', message: 'the file is not well-formed Unicode', file: file.path });
    return [];
  }
  const found_before = faults.length;
  const statements = splitStatements(lex(file.text));
  const policies = statements.flatMap((statement, index) => readPolicy(file, statement, index + 1, faults) ?? []);
  if (faults.length === found_before) checkCount(file, policies.length, faults);
  return policies;
}

function readPolicy(file: PolicyFile, statement: Statement, number: number, faults: Fault[]): PolicySource | null {
  const start = statement[0]?.start ?? 0;
  const fault = (message: string, at = start, suggestion?: string) =>
    faults.push({ code: 'POLICY_SYNTAX', message, ...position(file, at), ...(suggestion ? { suggestion } : {}) });

  const excess = tooLarge(statement);
  if (excess !== null) {
    fault(excess, start, 'split the policy, or name a group instead of many members');
    return null;
  }
  const text = textOf(file.text, statement);
  if (statement.some((token) => token.text === '?')) {
    fault('policy templates are not supported', start, 'write the principal or resource out');
    return null;
  }
  const parsed: Answer<PolicyJson> = parsePolicy(text);
  if (!parsed.ok) {
    for (const error of parsed.errors.flatMap(withRelated)) {
      fault(syntaxMessage(error), start + offsetOf(text, error), error.help ?? undefined);
    }
    return null;
  }
  if (expressionDepth(parsed.value) > MAX_EXPRESSION_DEPTH) {
    fault(`the condition is a chain of more than ${MAX_EXPRESSION_DEPTH} operators`, start, 'use a set with contains');
    return null;
  }
  return {
    name: parsed.value.annotations?.['id'] ?? `${file.path}#${number}`,
    ...position(file, start),
    text,
    effect: parsed.value.effect,
    json: parsed.value,
    statement,
    file_text: file.text,
  };
}

function tooLarge(statement: Statement): string | null {
  let [depth, deepest, ifs, operators] = [0, 0, 0, 0];
  for (const token of statement) {
    depth += nesting(token);
    deepest = Math.max(deepest, depth);
    if (token.kind === 'name' && token.text === 'if') ifs++;
    if (token.kind === 'sign' && OPERATORS.has(token.text)) operators++;
  }
  if (deepest > MAX_BRACKET_DEPTH) return `the policy nests brackets more than ${MAX_BRACKET_DEPTH} deep`;
  if (ifs > MAX_IFS) return `the policy holds more than ${MAX_IFS} if expressions`;
  return operators > MAX_OPERATORS ? `the policy holds more than ${MAX_OPERATORS} operators` : null;
}

/** The library must see as many policies in the whole file as we cut out of it, or one of the two misreads it. */
function checkCount(file: PolicyFile, cut: number, faults: Fault[]): void {
  const counted = countPolicies(file.text);
  if (counted.ok && counted.value.policies === cut && counted.value.templates === 0) return;
  const message = counted.ok
    ? 'the file cannot be cut into policies without doubt'
    : syntaxMessage(counted.errors[0] ?? { message: 'the file does not parse' });
  faults.push({ code: 'POLICY_SYNTAX', message, file: file.path, line: 1, column: 1 });
}

function withRelated(error: DetailedError): DetailedError[] {
  return [error, ...(error.related ?? []).flatMap(withRelated)];
}

function syntaxMessage(error: Pick<DetailedError, 'message' | 'sourceLocations'>): string {
  const label = error.sourceLocations?.[0]?.label;
  const message = error.message.replace(/^failed to parse [^:]*: /, '').replace(/\.$/, '');
  return label ? `${message}, ${label}` : message;
}

/** The library counts UTF-8 bytes; we count UTF-16 units. */
export function offsetOf(text: string, error: Pick<DetailedError, 'sourceLocations'>): number {
  const bytes = error.sourceLocations?.[0]?.start ?? 0;
  return Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8').length;
}

/** Line and column of an index into a file. */
export function position(file: PolicyFile, index: number): { file: string; line: number; column: number } {
  const before = file.text.slice(0, index);
  const line_start = before.lastIndexOf('\n') + 1;
  return { file: file.path, line: before.split('\n').length, column: index - line_start + 1 };
}

/** Line and column of an index into the text of a policy's file. */
export function positionIn(policy: PolicySource, index: number): { file: string; line: number; column: number } {
  return position({ path: policy.file, text: policy.file_text }, index);
}
