import type { Node } from '../../contract/pointer.ts';
import type { Direction } from '../../contract/schemas.ts';
import type { ReviewedDocument, ReviewedOperation, ReviewedParameter } from '../document.ts';
import type { Facets } from './facets.ts';

/**
 * - `danger`: lets in or out what nobody declared, shows what must stay secret, or makes every call fail
 * - `loose`: wider than anybody means it to be
 * - `hint`: worth a look
 */
export type Severity = 'danger' | 'loose' | 'hint';

/** One check of a contract. A rule lives in a file of its own and is listed in `rules.ts`. */
export interface LintRule {
  /** Stable: scripts, exceptions and reports name it. */
  readonly id: string;
  readonly severity: Severity;
  /** Lines of the guidance it serves, such as `API-2`. */
  readonly controls: readonly string[];
  /** What it finds, as a heading. */
  readonly title: string;
  /** What goes wrong where it is found, one or two sentences. */
  readonly why: string;
  /** What to write instead. */
  readonly fix: string;
  /** Asked once for each place of a schema and direction. */
  readonly schema?: (position: SchemaPosition, context: LintContext) => readonly Verdict[];
  /** Asked for each parameter of each operation. */
  readonly parameter?: (parameter: ReviewedParameter, use: OperationUse) => readonly Verdict[];
  /** Asked for each operation. */
  readonly operation?: (use: OperationUse) => readonly Verdict[];
  /** Asked once. */
  readonly document?: (context: LintContext) => readonly Verdict[];
}

export interface LintContext {
  readonly document: ReviewedDocument;
  /** Whether the schema at this pointer is used as one part of another, where closing it would refuse its siblings. */
  readonly isPart: (pointer: string) => boolean;
}

export interface OperationUse extends LintContext {
  readonly operation: ReviewedOperation;
}

/** A place of a schema as an operation reaches it. */
export interface SchemaPosition {
  /** References followed. */
  readonly node: Node;
  readonly facets: Facets;
  readonly direction: Direction;
  /** False for parts of an `allOf` and their like: the value is judged at their holder. */
  readonly whole: boolean;
}

/** What a rule says of one place it judged: `found` is null where all is well. */
export interface Verdict {
  /** JSON Pointer in the document. */
  readonly pointer: string;
  readonly found: { readonly message: string; readonly mend: Mend | null } | null;
}

/** A change that takes a finding away without asking what the service means. */
export interface Mend {
  /** JSON Pointer of the object that gets further members, or that goes. */
  readonly pointer: string;
  /** Members to set; null removes what stands there. */
  readonly update: Readonly<Record<string, unknown>> | null;
}

export function good(pointer: string): Verdict {
  return { pointer, found: null };
}

export function found(pointer: string, message: string, mend: Mend | null = null): Verdict {
  return { pointer, found: { message, mend } };
}

/** One verdict for a place: a finding with this message where `bad` holds. */
export function judged(pointer: string, bad: boolean, message: string, mend: Mend | null = null): readonly Verdict[] {
  return [bad ? found(pointer, message, mend) : good(pointer)];
}
