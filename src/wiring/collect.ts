import { type Fault, LoadError } from '../core/errors/index.ts';

/** A file and the place in the configuration that names it. */
export interface NamedFile {
  /** As its loader names it in faults. */
  readonly path: string;
  /** As a reader knows it. */
  readonly shown: string;
  readonly source: { readonly file: string; readonly line: number; readonly column: number };
  /** Key path, such as `zones.partner.trust.acme-ca`. */
  readonly key: string;
}

/** Gathers the faults of several loaders, so that one run shows all of them. */
export class FaultCollector {
  readonly #faults: Fault[] = [];

  /** Runs a loader; its faults are kept and its result is then undefined. Other errors pass. */
  try<Result>(load: () => Result): Result | undefined {
    try {
      return load();
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.#faults.push(...error.faults);
      return undefined;
    }
  }

  /**
   * Runs a loader of files that the configuration names. Its faults are told at the place that names the file, with
   * the file before the message, because that is where a reader looks first.
   */
  tryNamed<Result>(named: readonly NamedFile[], load: () => Result): Result | undefined {
    try {
      return load();
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      for (const fault of error.faults) {
        const place = named.find(({ path }) => path === fault.file);
        this.#faults.push(
          place ? { ...fault, ...place.source, key: place.key, message: `${place.shown}: ${fault.message}` } : fault,
        );
      }
      return undefined;
    }
  }

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** @throws LoadError where anything was gathered */
  raise(): void {
    if (this.#faults.length > 0) throw new LoadError(this.#faults);
  }
}
