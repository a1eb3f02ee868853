import { type Fault, type FaultCode, LoadError } from '../../../core/errors/faults.ts';
import type { Place } from './document.ts';

interface Entry {
  readonly code: FaultCode;
  readonly pointer: string;
  readonly message: string;
  readonly suggestion: string | undefined;
}

/** The suggestion for what a contract must not hold. */
export const REMOVE_IT = 'Remove it, in an overlay if the file is not yours';

/** Collects what is wrong with one contract by JSON Pointer; lines and columns are computed once, at the end. */
export class FaultLog {
  readonly #locate: (pointers: readonly string[]) => readonly Partial<Place>[];
  /** Keyed, because a part that is shared by reference is read once per use. */
  readonly #entries = new Map<string, Entry>();

  /** @param locate called once, when there is something to be told */
  constructor(locate: (pointers: readonly string[]) => readonly Partial<Place>[]) {
    this.#locate = locate;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** @param message one sentence without a final stop. */
  add(code: FaultCode, pointer: string, message: string, suggestion?: string): void {
    this.#entries.set(`${code} ${pointer} ${message}`, { code, pointer, message, suggestion });
  }

  /** Throws every fault collected, in the order of the file; returns when there is none. */
  raise(): void {
    if (!this.isEmpty) throw new LoadError(this.faults());
  }

  /** Every fault collected, in the order of the file. */
  faults(): Fault[] {
    const entries = [...this.#entries.values()];
    const places = this.#locate(entries.map(({ pointer }) => pointer));
    return entries
      .map(({ code, message, pointer, suggestion }, index): Fault => {
        const fault = { code, message, ...places[index], key: `#${pointer}` };
        return suggestion === undefined ? fault : { ...fault, suggestion };
      })
      .sort(byPosition);
  }
}

function byPosition(a: Fault, b: Fault): number {
  return (
    (a.file ?? '').localeCompare(b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    a.message.localeCompare(b.message)
  );
}
