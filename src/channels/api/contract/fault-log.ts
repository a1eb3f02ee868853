import { type Fault, type FaultCode, LoadError } from '../../../core/errors/faults.ts';
import { createLocator, type SourceDocument } from './document.ts';

interface Entry {
  readonly code: FaultCode;
  readonly pointer: string;
  readonly message: string;
  readonly suggestion: string | undefined;
}

/** Collects what is wrong with one contract by JSON Pointer; lines and columns are computed once, at the end. */
export class FaultLog {
  readonly #source: SourceDocument;
  /** Keyed, because a part that is shared by reference is read once per use. */
  readonly #entries = new Map<string, Entry>();

  constructor(source: SourceDocument) {
    this.#source = source;
  }

  /** @param message one sentence without a final stop. */
  add(code: FaultCode, pointer: string, message: string, suggestion?: string): void {
    this.#entries.set(`${code} ${pointer} ${message}`, { code, pointer, message, suggestion });
  }

  /** Throws every fault collected, in the order of the file; returns when there is none. */
  raise(): void {
    if (this.#entries.size === 0) return;
    const locate = createLocator(this.#source);
    const faults = Array.from(this.#entries.values(), (entry): Fault => {
      const { code, message, pointer, suggestion } = entry;
      const fault = { code, message, file: this.#source.path, ...locate(pointer), key: `#${pointer}` };
      return suggestion === undefined ? fault : { ...fault, suggestion };
    });
    throw new LoadError(faults.sort(byPosition));
  }
}

function byPosition(a: Fault, b: Fault): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0) || a.message.localeCompare(b.message);
}
