import { type Fault, LoadError } from '../core/errors/index.ts';

/** Gathers the faults of several loaders, so that one run shows all of them. */
export class FaultCollector {
  readonly #faults: Fault[] = [];

  /** Runs a loader; its faults are kept and its result is then undefined. Other errors pass. */
  try<Result>(load: () => Result, context: Partial<Fault> = {}): Result | undefined {
    try {
      return load();
    } catch (error) {
      this.#keep(error, context);
      return undefined;
    }
  }

  async tryAsync<Result>(load: () => Promise<Result>, context: Partial<Fault> = {}): Promise<Result | undefined> {
    try {
      return await load();
    } catch (error) {
      this.#keep(error, context);
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

  #keep(error: unknown, context: Partial<Fault>): void {
    if (!(error instanceof LoadError)) throw error;
    for (const fault of error.faults) this.#faults.push(fault.file === undefined ? { ...context, ...fault } : fault);
  }
}
