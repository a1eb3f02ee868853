import { refuse, refuseRepeated } from './refuse.ts';
import type { At, Field } from './types.ts';

/** Named values one after another, as in a query, a form or a Cookie field: who each of them belongs to. */

/** Which field takes which name. */
export interface FieldNames<F extends Field> {
  /** Own names, and those of the properties of exploded objects. */
  readonly exact: ReadonlyMap<string, F>;
  /** By the name before the first bracket. */
  readonly deep: ReadonlyMap<string, F>;
  /** The one exploded object that takes names nobody else claims. */
  readonly others: F | null;
  /** All of these names as `foldName` writes them. */
  readonly folded: ReadonlySet<string>;
}

/**
 * A name as the most lenient server reads it: ASP.NET without regard to case, PHP with `_` for dots and blanks. An open
 * object must not take `LIMIT` where `limit` is another's, or the bounds of that one would not hold.
 */
export function foldName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '_');
}

export interface Pair {
  readonly name: string;
  /** Under `deepObject` what stands in the brackets; a bare pair of brackets is ''. */
  readonly keys: readonly string[];
  /** As it came; null where there was no equals sign. */
  readonly raw: string | null;
}

/** What a text of pairs is made of. */
export interface PairSyntax {
  readonly between: '&' | '; ';
  readonly max_pairs: number;
  /** Faults of the whole text point here. */
  readonly at: At;
  /** Null where it has no single reading. */
  readName(raw: string): string | null;
  /** @throws Refusal always */
  undeclared(name: string): never;
}

const DEEP_NAME = /^([^[\]]+)((?:\[[^[\]]*\])+)$/;
const MAX_KEYS = 8;
const NONE: ReadonlyMap<unknown, readonly Pair[]> = new Map();

/**
 * Pairs by the field they belong to. Nothing is skipped: an empty part or one without a name has no agreed reading,
 * and one without `=` only where a field may be empty.
 *
 * @throws Refusal as the syntax says: `parts`, `form`, `encoding`, an undeclared name; a name that stands twice
 */
export function collectPairs<F extends Field>(
  text: string,
  names: FieldNames<F>,
  syntax: PairSyntax,
): ReadonlyMap<F, readonly Pair[]> {
  if (text === '') return NONE as ReadonlyMap<F, readonly Pair[]>;
  const given = new Map<F, Pair[]>();
  const seen = new Set<string>();
  const parts = text.split(syntax.between, syntax.max_pairs + 1);
  if (parts.length > syntax.max_pairs) refuse(syntax.at, 'parts');
  for (const part of parts) {
    const equals = part.indexOf('=');
    if (equals === 0 || part === '') refuse(syntax.at, 'form');
    const name = syntax.readName(equals < 0 ? part : part.slice(0, equals)) ?? refuse(syntax.at, 'encoding');
    const claimed = claim(names, name);
    if (equals < 0 && !claimed?.field.empty) refuse(syntax.at, 'form');
    const { field, keys } = claimed ?? syntax.undeclared(name);
    const pair = { name, keys, raw: equals < 0 ? null : part.slice(equals + 1) };
    if (seen.has(name) && !mayRepeat(field, pair)) refuseRepeated(field.at);
    seen.add(name);
    const pairs = given.get(field);
    if (pairs) pairs.push(pair);
    else given.set(field, [pair]);
  }
  return given;
}

function claim<F extends Field>(names: FieldNames<F>, name: string): { field: F; keys: readonly string[] } | null {
  const exact = names.exact.get(name);
  if (exact) return { field: exact, keys: [] };
  const deep = names.deep.size > 0 ? DEEP_NAME.exec(name) : null;
  const owner = deep && names.deep.get(deep[1] as string);
  if (deep && owner) return { field: owner, keys: keysOf(deep[2] as string, owner) };
  return names.others && isFree(name, names.folded) ? { field: names.others, keys: [] } : null;
}

/**
 * Whether an open object may take a name. Brackets make structures for many servers, and dots do for some: `filter.a` is
 * a member of `filter`. Blanks around a name are nothing to some.
 */
export function isFree(name: string, folded: ReadonlySet<string>): boolean {
  if (/[\s[\]]/.test(name) || folded.has(foldName(name))) return false;
  const [head = ''] = name.split('.', 1);
  return head === name || !folded.has(foldName(head));
}

function keysOf(brackets: string, field: Field): string[] {
  const keys = brackets.slice(1, -1).split('][', MAX_KEYS + 1);
  return keys.length > MAX_KEYS ? refuse(field.at, 'depth') : keys;
}

/** Items of exploded arrays; under brackets it is the structure that decides. */
function mayRepeat(field: Field, { name, keys }: Pair): boolean {
  if (keys.length > 0) return true;
  return field.style === 'form' && field.explode && field.plan.array !== null && name === field.name;
}
