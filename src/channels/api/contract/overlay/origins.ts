import { isObject, pointerTo } from '../pointer.ts';

/** Where a value was written: in the contract itself, or in one of its overlays. */
export interface Origin {
  /** Index of the overlay; -1 is the contract. */
  readonly source: number;
  /** JSON Pointer in that file. */
  readonly pointer: string;
}

type Items = readonly (number | Origin)[];

/**
 * Who wrote what in a document that overlays have changed. Kept by the objects of the document, not by pointer,
 * because every removal from an array moves what stands behind it.
 */
export class Origins {
  readonly #members = new WeakMap<object, Map<string, Origin>>();
  readonly #items = new WeakMap<object, Items>();

  /** A member that an overlay wrote. */
  wrote(object: object, key: string, origin: Origin): void {
    const members = this.#members.get(object) ?? new Map<string, Origin>();
    this.#members.set(object, members.set(key, origin));
  }

  /** Items that an overlay appended; the array has them already. */
  appended(array: readonly unknown[], origins: readonly Origin[]): void {
    const before = this.#itemsOf(array).slice(0, array.length - origins.length);
    this.#items.set(array, [...before, ...origins]);
  }

  /** An item is about to be removed. */
  removes(array: readonly unknown[], index: number): void {
    this.#items.set(array, this.#itemsOf(array).toSpliced(index, 1));
  }

  /** `copy` takes the place of `original`. */
  copied(original: object, copy: object): void {
    const members = this.#members.get(original);
    if (members) this.#members.set(copy, new Map(members));
    const items = this.#items.get(original);
    if (items) this.#items.set(copy, items);
  }

  /** Where the part at a place of the changed document was written; of what is missing, where it would stand. */
  find(root: unknown, parts: readonly string[]): Origin {
    let origin: Origin = { source: -1, pointer: '' };
    let value = root;
    for (const part of parts) {
      origin = this.#step(value, part, origin);
      value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
    }
    return origin;
  }

  #step(value: unknown, part: string, origin: Origin): Origin {
    const here = (step: string | number) => ({ ...origin, pointer: pointerTo(origin.pointer, step) });
    if (isObject(value)) return this.#members.get(value)?.get(part) ?? here(part);
    if (!Array.isArray(value)) return here(part);
    const item = this.#items.get(value)?.[Number(part)] ?? part;
    return typeof item === 'object' ? item : here(item);
  }

  #itemsOf(array: readonly unknown[]): Items {
    return this.#items.get(array) ?? array.map((_item, index) => index);
  }
}
