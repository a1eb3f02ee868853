import type { Tape } from '../json/tape.ts';
import type { Fill } from '../json/trim.ts';
import type { CheckContext } from './types.ts';

/** Marks of a node, each outranking those below it. An unmarked member or item is undeclared. */
export const DECLARED = 1;
/** Declared together with everything below it. */
export const OPEN = 2;
/** Left out whatever else declares it: `additionalProperties: false` and its like say it must not be there. */
export const EXCLUDED = 3;
/** Left out whatever else declares it: not for this caller (`x-views`) or never sent out (`writeOnly`). */
export const HIDDEN = 4;

/** Schema applications allowed for each node, and for any instance at all. */
const STEPS_PER_NODE = 64;
const STEPS_MIN = 50_000;

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
  /** Whether one part of the schema declared what another excluded, so that leaving it out may break the first. */
  contested = false;
  failNode = 0;
  failKeyword = '';
  /** Name of the missing member, for `required` and its like. */
  failName: string | undefined = undefined;
  private steps: number;

  constructor(tape: Tape, context: CheckContext, strict: boolean) {
    this.tape = tape;
    this.cells = tape.cells;
    this.marks = tape.marks;
    this.marks.fill(0, 0, tape.size);
    this.context = context;
    this.strict = strict ? 1 : 0;
    this.steps = STEPS_MIN + tape.size * STEPS_PER_NODE;
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

  mark(node: number, mark: number): void {
    const before = this.marks[node] as number;
    if (this.logging > 0) this.log.push(node, before);
    if (before < mark) this.marks[node] = mark;
    if (mark !== before && (mark === EXCLUDED || before === EXCLUDED) && before !== 0) this.contested = true;
  }

  /** Adds an absent bound member once; false when two bindings disagree about it. */
  fill(object: number, name: string, value: string): boolean {
    const same = this.fills.find((fill) => fill.object === object && fill.name === name);
    if (same !== undefined) return same.value === value;
    this.fills.push({ object, name, value });
    return true;
  }

  /** Takes back every mark and fill made since the log and the fills had these lengths. */
  rollback(logLength: number, fillsLength: number): void {
    const { log } = this;
    while (log.length > logLength) {
      const before = log.pop() as number;
      this.marks[log.pop() as number] = before;
    }
    this.fills.length = fillsLength;
  }

  beginLogging(): number {
    this.logging++;
    return this.log.length;
  }

  endLogging(): void {
    if (--this.logging === 0) this.log.length = 0;
  }
}

/** A compiled schema or keyword: whether the node satisfies it. Marks what it declares as it goes. */
export type Check = (run: Run, node: number) => boolean;
