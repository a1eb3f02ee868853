import { isObject, pointerTo } from '../pointer.ts';
import type { Origin, Origins } from './origins.ts';
import type { Location } from './target.ts';

type Container = Record<string, unknown> | unknown[];

/** A member that cannot be merged: an object meets an array. */
export interface Conflict {
  /** JSON Pointer in the overlay. */
  readonly pointer: string;
  readonly message: string;
}

/**
 * A document being changed, of which nothing that others hold is touched: what is written to is copied first, from the
 * root down. A value that stands in several places (a YAML alias, an update of several targets) is copied for each, so
 * that a change in one place is not a change in another.
 */
export class Draft {
  readonly #origins: Origins;
  /** Copies of this draft; each stands in one place only. */
  readonly #owned = new WeakSet<object>();
  #root: unknown;

  constructor(root: unknown, origins: Origins) {
    this.#root = root;
    this.#origins = origins;
  }

  get root(): unknown {
    return this.#root;
  }

  /** Takes a member or an item out. The root stays. */
  remove(location: Location): void {
    const holder = this.#containerAt(location.slice(0, -1));
    const key = location.at(-1);
    if (!Array.isArray(holder)) delete holder[String(key)];
    else {
      this.#origins.removes(holder, Number(key));
      holder.splice(Number(key), 1);
    }
  }

  /** Merges an update into the object, or appends it to the array, that stands at a place. */
  update(location: Location, update: unknown, origin: Origin): Conflict[] {
    const target = this.#containerAt(location);
    if (Array.isArray(target)) {
      this.#append(target, [update], [origin]);
      return [];
    }
    if (isObject(update)) return this.#merge(target, update, origin);
    return [{ pointer: origin.pointer, message: 'the target is an object, so the update must be one' }];
  }

  #merge(target: Record<string, unknown>, update: object, { source, pointer }: Origin): Conflict[] {
    return Object.entries(update).flatMap(([key, value]) => {
      const origin = { source, pointer: pointerTo(pointer, key) };
      const existing = Object.hasOwn(target, key) ? target[key] : undefined;
      if (isObject(existing) && isObject(value)) {
        return this.#merge(
          this.#own(existing, (copy) => setMember(target, key, copy)),
          value,
          origin,
        );
      }
      if (Array.isArray(existing) && Array.isArray(value)) {
        const items = this.#own(existing, (copy) => setMember(target, key, copy));
        const origins = value.map((_item, index) => ({ source, pointer: pointerTo(origin.pointer, index) }));
        this.#append(items, value, origins);
        return [];
      }
      if (isContainer(existing) && isContainer(value)) {
        return [{ pointer: origin.pointer, message: 'an object cannot be merged with an array' }];
      }
      setMember(target, key, value);
      this.#origins.wrote(target, key, origin);
      return [];
    });
  }

  #append(array: unknown[], items: readonly unknown[], origins: readonly Origin[]): void {
    for (const item of items) array.push(item);
    this.#origins.appended(array, origins);
  }

  /** The container at a place, with every container above it, as copies of this draft. */
  #containerAt(location: Location): Container {
    let container = this.#own(this.#root as Container, (copy) => {
      this.#root = copy;
    });
    for (const step of location) {
      const holder = container;
      container = this.#own((holder as Record<string, Container>)[String(step)] as Container, (copy) =>
        setMember(holder, String(step), copy),
      );
    }
    return container;
  }

  #own<Original extends object>(original: Original, put: (copy: Original) => void): Original {
    if (this.#owned.has(original)) return original;
    const copy = (Array.isArray(original) ? [...original] : { ...original }) as Original;
    this.#owned.add(copy);
    this.#origins.copied(original, copy);
    put(copy);
    return copy;
  }
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Plain assignment would set the prototype where the name is `__proto__`. */
function setMember(holder: Container, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}
