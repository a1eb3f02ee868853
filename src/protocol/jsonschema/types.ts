import type { Tape } from '../json/tape.ts';
import type { Fill } from '../json/trim.ts';

/** OpenAPI 3.0's schema object, or JSON Schema 2020-12 as OpenAPI 3.1 uses it. */
export type Dialect = '3.0' | '2020-12';

/** Whether the instance comes from the caller (closed: refused) or goes to the caller (closed: trimmed). */
export type Direction = 'request' | 'response';

/** Steps that judging one text may take where its context does not say otherwise. */
export const DEFAULT_MAX_STEPS = 5_000_000;

export const BINDINGS = ['principal.party', 'principal.machine'] as const;
export type Binding = (typeof BINDINGS)[number];

export interface CompilerOptions {
  readonly dialect: Dialect;
  /** Root that local `#/...` references are resolved in. */
  readonly document: unknown;
  readonly direction: Direction;
  /** Whether the caller may see what `x-views: [names]` is restricted to. Default: always visible. */
  readonly visible?: (views: readonly string[]) => boolean;
  /** Whether `x-bind` may stand here. Default true. */
  readonly bindable?: boolean;
  /** Told of what is accepted and may not mean what its author thinks, such as keywords without effect. */
  readonly note?: SchemaNote;
}

/**
 * @param keyword as written
 * @param pointer JSON Pointer of the keyword in the document
 * @param message one sentence without a final stop
 */
export type SchemaNote = (keyword: string, pointer: string, message: string) => void;

export interface SchemaOptions extends CompilerOptions {
  /** JSON Pointer of the schema in the document, for faults. */
  readonly pointer: string;
}

export interface CheckContext {
  /** What `x-bind` compares with; a missing one never matches. */
  readonly bindings?: Readonly<Partial<Record<Binding, string>>>;
  /** Most steps of about 50 ns, whatever the size of the text. Default {@link DEFAULT_MAX_STEPS}. */
  readonly max_steps?: number;
}

export interface Accepted {
  readonly ok: true;
  /** Nodes to leave out, outermost only, in document order. In a request any is a reason to refuse. */
  readonly undeclared: readonly number[];
  /** Absent optional members with `x-bind` (requests only). */
  readonly fills: readonly Fill[];
}

export interface Rejected {
  readonly ok: false;
  readonly node: number;
  /** RFC 6901 pointer of the violation; for `required` that of the missing member. */
  readonly pointer: string;
  /** The keyword that failed, or `complexity` when the work allowed for the instance was used up. */
  readonly keyword: string;
}

export type CheckResult = Accepted | Rejected;

export interface CompiledSchema {
  /**
   * Judges the root of a tape. Never throws for any tape; the work is bounded by the text's size, and for any text
   * by `max_steps` of about 50 ns.
   * Uses the tape's marks, so two checks of one tape follow each other.
   */
  check(tape: Tape, context?: CheckContext): CheckResult;
}

/** A JSON object in a schema document. */
export type SchemaObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
