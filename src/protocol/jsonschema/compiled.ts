import { JsonParser } from '../json/parser.ts';
import { pointerTo, pointerToken } from '../json/pointer.ts';
import { NEXT, NODE_SHIFT, type Tape } from '../json/tape.ts';
import { trim } from '../json/trim.ts';
import { type Check, DECLARED, EXCLUDED, HIDDEN, OPEN, OutOfSteps, Run } from './run.ts';
import type { Accepted, CheckContext, CheckResult, CompiledSchema, Direction, Rejected } from './types.ts';

/** For a text that has been parsed before and only became smaller. */
const NO_LIMITS = {
  max_bytes: Number.MAX_SAFE_INTEGER,
  max_depth: Number.MAX_SAFE_INTEGER,
  max_keys: Number.MAX_SAFE_INTEGER,
  max_items: Number.MAX_SAFE_INTEGER,
  max_array_items: Number.MAX_SAFE_INTEGER,
  max_string_bytes: Number.MAX_SAFE_INTEGER,
  max_number_length: Number.MAX_SAFE_INTEGER,
};

/**
 * The rule of closedness. Every member and item starts undeclared; a successful schema marks what it
 * evaluates through properties, patternProperties, additionalProperties, items and their like, and what a
 * failed branch marked is taken back. What ends unmarked is undeclared: refused by the caller of a request
 * check, left out of a response.
 *
 * In requests `additionalProperties: false` and `unevaluatedProperties: false` fail, as in the standard. In
 * responses they leave out on the way that applies whatever the value is, and fail inside anyOf, oneOf, not,
 * if and contains, where the untouched value has to choose.
 *
 * `true` as additionalProperties, unevaluatedProperties, items or unevaluatedItems declares everything below.
 * Any other schema, `{}` included, declares only what it names: `{}` accepts every scalar and, of objects and
 * arrays, the empty shell. `const` and `enum` declare no members.
 *
 * What is left out could make the rest invalid (a `oneOf` where a second branch now matches, a `required`
 * name that no property declares). Schemas where that is possible are checked again on the trimmed text,
 * which then must be valid by the standard, with nothing left to trim.
 */
export class Compiled implements CompiledSchema {
  private readonly root: Check;
  private readonly direction: Direction;
  private readonly fragile: boolean;

  constructor(root: Check, direction: Direction, fragile: boolean) {
    this.root = root;
    this.direction = direction;
    this.fragile = fragile;
  }

  check(tape: Tape, context: CheckContext = {}): CheckResult {
    const run = new Run(tape, context, this.direction === 'request');
    const violation = this.walk(run);
    if (violation !== null) return violation;
    const undeclared = collectUndeclared(tape);
    if (this.direction === 'response' && undeclared.length > 0 && (this.fragile || run.contested)) {
      return this.checkAgain(tape, run, undeclared);
    }
    return { ok: true, undeclared, fills: run.fills };
  }

  private walk(run: Run): Rejected | null {
    try {
      return this.root(run, 0) ? null : rejection(run, run.failKeyword);
    } catch (error) {
      if (error instanceof OutOfSteps) return rejection(run, 'complexity');
      throw error;
    }
  }

  /**
   * Hidden members stay for this second look: the schema may require them, the caller just does not see them. It
   * must hide the same members: what it hides beyond them would be shown because something else was there.
   */
  private checkAgain(tape: Tape, run: Run, undeclared: readonly number[]): CheckResult {
    const cut = undeclared.filter((node) => tape.marks[node] !== HIDDEN);
    const accepted: Accepted = { ok: true, undeclared, fills: [] };
    if (cut.length === 0) return accepted;
    const trimmed = new JsonParser(NO_LIMITS).parse(trim(tape, cut));
    const violation = this.walk(new Run(trimmed, run.context, true, run));
    if (violation !== null) return { ...violation, node: 0 };
    const hidden = afterCuts(tape, undeclared);
    const left = collectUndeclared(trimmed).find((node) => trimmed.marks[node] !== HIDDEN || !hidden.has(node));
    if (left === undefined) return accepted;
    return { ok: false, node: 0, pointer: pointerTo(trimmed, left), keyword: 'undeclared' };
  }
}

function rejection(run: Run, keyword: string): Rejected {
  const member = run.failName === undefined ? '' : pointerToken(run.failName);
  return { ok: false, node: run.failNode, pointer: pointerTo(run.tape, run.failNode) + member, keyword };
}

/** What is hidden among the undeclared, as nodes of the text from which all others of them have been cut. */
function afterCuts(tape: Tape, undeclared: readonly number[]): ReadonlySet<number> {
  const hidden = new Set<number>();
  let gone = 0;
  for (const node of undeclared) {
    if (tape.marks[node] === HIDDEN) hidden.add(node - gone);
    else gone += tape.next(node) - node;
  }
  return hidden;
}

/** Outermost nodes without a mark, and those that are left out whatever declares them, in document order. */
function collectUndeclared(tape: Tape): readonly number[] {
  const { cells, marks, size } = tape;
  const undeclared: number[] = [];
  let openUntil = 0;
  for (let node = 1; node < size; ) {
    const mark = marks[node] as number;
    if (mark === DECLARED) node++;
    else if (mark >= EXCLUDED || (mark === 0 && node >= openUntil)) {
      undeclared.push(node);
      node = cells[(node << NODE_SHIFT) + NEXT] as number;
    } else {
      if (mark === OPEN) openUntil = Math.max(openUntil, cells[(node << NODE_SHIFT) + NEXT] as number);
      node++;
    }
  }
  return undeclared;
}
