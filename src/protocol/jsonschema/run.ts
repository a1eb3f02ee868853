import type { Tape } from '../json/tape.ts';
import type { Fill } from '../json/trim.ts';
import type { Resource } from './resources.ts';
import { type CheckContext, DEFAULT_MAX_STEPS } from './types.ts';

/** Marks of a node, each outranking those below it. An unmarked member or item is undeclared. */
export const DECLARED = 1;
/** Declared together with everything below it. */
export const OPEN = 2;
/** Left out whatever else declares it: `additionalProperties: false` and its like say it must not be there. */
export const EXCLUDED = 3;
/** Left out whatever else declares it: not for this caller (`x-views`) or never sent out (`writeOnly`). */
export const HIDDEN = 4;

/** Steps allowed for any instance at all, and for each byte of its text. */
const STEPS_MIN = 50_000;
const STEPS_PER_BYTE = 32;
const FILL_STEPS = 10;

/** Ends a run whose alternatives multiply; caught by the compiled schema and never seen outside. */
export class OutOfSteps extends Error {}

/** One walk of one schema over one tape. */
export class Run {
  readonly tape: Tape;
  readonly cells: Int32Array;
  readonly marks: Uint8Array;
  readonly context: CheckContext;
  /** Above 0 while `additionalProperties: false` and its like fail; at 0 they leave members undeclared. */
  strict: number;
  /** Above 0 while marks are logged, because they may be taken back or looked at. */
  logging = 0;
  /** Pairs of node and the mark it had before. */
  readonly log: number[] = [];
  readonly fills: Fill[] = [];
  /** The dynamic scope, see dynamic.ts. */
  readonly scope: Resource[];
  /** Whether one part of the schema declared what another excluded, so that leaving it out may break the first. */
  contested = false;
  failNode = 0;
  failKeyword = '';
  /** Name of the missing member, for `required` and its like. */
  failName: string | undefined = undefined;
  /** What is left to spend. */
  private steps: number;
  /** Fills by their objects, so that finding one costs the same however many there are; null before the first. */
  private filled: Map<number, Fill[]> | null = null;

  /** @param parent a run this one is part of: they share one allowance, see {@link Run.joined} */
  constructor(tape: Tape, context: CheckContext, strict: boolean, parent?: Run) {
    this.tape = tape;
    this.cells = tape.cells;
    this.marks = tape.marks;
    this.marks.fill(0, 0, tape.size);
    this.context = context;
    this.strict = strict ? 1 : 0;
    this.scope = parent?.scope ?? [];
    this.steps = parent?.steps ?? allowance(tape, context);
  }

  /** Notes a violation; always false, so that a keyword can return it. */
  fail(node: number, keyword: string, name?: string): false {
    this.failNode = node;
    this.failKeyword = keyword;
    this.failName = name;
    return false;
  }

  /** Pays for work that the instance and the schema together decide. */
  spend(steps: number): void {
    this.steps -= steps;
    if (this.steps < 0) throw new OutOfSteps();
  }

  /** After a run that had this one as its parent: what it spent is spent. */
  joined(part: Run): void {
    this.steps = part.steps;
  }

  mark(node: number, mark: number): void {
    const before = this.marks[node] as number;
    if (this.logging > 0) this.log.push(node, before);
    if (before < mark) this.marks[node] = mark;
    if (mark !== before && (mark === EXCLUDED || before === EXCLUDED) && before !== 0) this.contested = true;
  }

  /** Adds an absent bound member once; false when two bindings disagree about it. */
  fill(object: number, name: string, value: string): boolean {
    this.spend(FILL_STEPS);
    this.filled ??= new Map();
    const own = this.filled.get(object) ?? [];
    const same = own.find((fill) => fill.name === name);
    if (same !== undefined) return same.value === value;
    const fill = { object, name, value };
    this.fills.push(fill);
    own.push(fill);
    this.filled.set(object, own);
    return true;
  }

  /** Takes back every mark and fill made since the log and the fills had these lengths. */
  rollback(logLength: number, fillsLength: number): void {
    const { log } = this;
    while (log.length > logLength) {
      const before = log.pop() as number;
      this.marks[log.pop() as number] = before;
    }
    // The last fill of all is the last of its object.
    while (this.fills.length > fillsLength) this.filled?.get((this.fills.pop() as Fill).object)?.pop();
  }

  beginLogging(): number {
    this.logging++;
    return this.log.length;
  }

  endLogging(): void {
    if (--this.logging === 0) this.log.length = 0;
  }
}

function allowance(tape: Tape, { max_steps = DEFAULT_MAX_STEPS }: CheckContext): number {
  return Math.min(max_steps, STEPS_MIN + tape.source.length * STEPS_PER_BYTE);
}

/** A compiled schema or keyword: whether the node satisfies it. Marks what it declares as it goes. */
export type Check = (run: Run, node: number) => boolean;
