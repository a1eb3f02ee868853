import type { SchemaErrorReason } from './error.ts';
import type { Place } from './resources.ts';
import type { Check } from './run.ts';
import type { CompilerOptions, SchemaObject } from './types.ts';

/**
 * A schema that applies at an instance location of its own: the target of a reference, a property, an
 * item. What applies to the same location through `allOf` and its like belongs to the same slot.
 */
export interface Slot {
  /** Null until compiled, which a recursive reference may see. */
  check: Check | null;
  /** Whether leaving out an undeclared member may turn a valid instance into an invalid one. */
  fragile: boolean;
  /** Slots this one leads to; in place means at the same instance location. */
  readonly edges: { readonly slot: Slot; readonly inPlace: boolean }[];
}

/** What a keyword's compiler sees: one schema object, and ways to compile what is inside it. */
export interface Scope {
  readonly options: CompilerOptions;
  readonly schema: SchemaObject;
  /** JSON Pointer of the schema object. */
  readonly pointer: string;
  /** Compiles a subschema for the same instance location. `path` leads to it from this schema object. */
  inPlace(subschema: unknown, ...path: (string | number)[]): Check;
  /** Compiles a subschema for a member or an item of the instance. */
  child(subschema: unknown, ...path: (string | number)[]): Check;
  /** What the `$ref` of a schema leads to, without reporting faults; undefined when it leads nowhere. */
  dereference(schema: SchemaObject): unknown;
  /** The same for a reference that stands in this schema object. */
  resolve(reference: string): Place | undefined;
  /** The schema of that name among the components of an OpenAPI description. */
  component(name: string): Place | undefined;
  /** Records that leaving out an undeclared member may make the instance invalid. */
  fragile(): void;
  fault(reason: SchemaErrorReason, message: string, ...path: (string | number)[]): void;
  /** Tells of a keyword that is accepted and may not mean what its author thinks. */
  note(message: string, keyword: string): void;
}

/** A keyword's compiler: null when the keyword is absent, or asserts nothing. */
export type KeywordCompiler = (scope: Scope) => Check | null;

/** The schema `true`. Compared by identity to leave out calls. */
export const ACCEPT: Check = () => true;

/** The schema `false`. */
export const REJECT: Check = (run, node) => run.fail(node, 'false schema');

/** One check out of several, all of which must hold. */
export function allOf(checks: readonly Check[]): Check {
  const asserting = checks.filter((check) => check !== ACCEPT);
  const [first, second, third] = asserting;
  if (first === undefined) return ACCEPT;
  if (second === undefined) return first;
  if (third === undefined) return (run, node) => first(run, node) && second(run, node);
  if (asserting.length === 3) return (run, node) => first(run, node) && second(run, node) && third(run, node);
  return (run, node) => {
    for (let index = 0; index < asserting.length; index++) {
      if (!(asserting[index] as Check)(run, node)) return false;
    }
    return true;
  };
}
