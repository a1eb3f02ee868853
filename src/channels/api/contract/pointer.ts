/** JSON Pointers (RFC 6901) and the value-with-its-place pairs a contract is read in. */
import { pointerToken, tokenName } from '../../../protocol/json/pointer.ts';

/** A value of the contract document together with where it stands. */
export interface Node {
  readonly value: unknown;
  /** JSON Pointer from the document root; '' is the root. */
  readonly pointer: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pointerTo(base: string, key: string | number): string {
  // Called for every member of a large document, of which few have anything to escape.
  if (typeof key === 'number' || !(key.includes('/') || key.includes('~'))) return `${base}/${key}`;
  return base + pointerToken(key);
}

/** The unescaped parts of a pointer; '' gives none. */
export function pointerParts(pointer: string): string[] {
  if (pointer === '') return [];
  const parts = pointer.slice(1).split('/');
  return pointer.includes('~') ? parts.map(tokenName) : parts;
}

/** The own member of an object or item of an array; never anything inherited. */
export function member(node: Node, key: string): Node | null {
  const { value, pointer } = node;
  if (!hasMember(value, key)) return null;
  return { value: (value as JsonObject)[key], pointer: pointerTo(pointer, key) };
}

function hasMember(value: unknown, key: string): boolean {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
  return !Array.isArray(value) || /^(0|[1-9][0-9]*)$/.test(key);
}

/** Every own member of an object in the order it is written, or every item of an array. */
export function members(node: Node): [string, Node][] {
  const { value, pointer } = node;
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, child]) => [key, { value: child, pointer: pointerTo(pointer, key) }]);
}

/**
 * The value a local reference points at.
 *
 * @param reference such as `#/components/schemas/Order`; percent-encoding is undone as RFC 6901 section 6 says.
 * @returns null when nothing stands there or the reference is not local.
 */
export function lookUp(root: unknown, reference: string): Node | null {
  if (!reference.startsWith('#')) return null;
  const pointer = decoded(reference.slice(1));
  if (pointer === null || (pointer !== '' && !pointer.startsWith('/'))) return null;
  // A large document has many thousands of references: nothing is made on the way to what they lead to.
  let value = root;
  const parts = pointerParts(pointer);
  for (const part of parts) {
    if (!hasMember(value, part)) return null;
    value = (value as JsonObject)[part];
  }
  return { value, pointer: pointer.includes('~') ? parts.reduce(pointerTo, '') : pointer };
}

function decoded(fragment: string): string | null {
  if (!fragment.includes('%')) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return null;
  }
}
