/** Why a process could not do what it was asked, told over a channel and taken up again. */

import { type Fault, LoadError } from '../core/errors/index.ts';
import { describeDefect } from '../wiring/describe-defect.ts';

export type Failure =
  | { readonly faults: readonly Fault[] }
  /** A defect of ours: name and place, no message. */
  | { readonly defect: string };

export function failureOf(error: unknown): Failure {
  return error instanceof LoadError ? { faults: error.faults } : { defect: describeDefect(error) };
}

export function errorOf(failure: Failure): Error {
  return 'faults' in failure ? new LoadError(failure.faults) : new Error(failure.defect);
}
