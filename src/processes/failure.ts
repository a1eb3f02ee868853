/** Why a process could not do what it was asked, told over a channel and taken up again. */

import { type Fault, formatFault, LoadError } from '../core/errors/index.ts';
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

/** In a few words for the record, which shows no value of a configuration, and in full for the operator. */
export function describeFailure(failure: Failure): { readonly how: string; readonly why: string } {
  if (!('faults' in failure)) return { how: `could not start: ${failure.defect}`, why: '' };
  const codes = new Set(failure.faults.map(({ code }) => code));
  return { how: `could not start: ${[...codes].join(' ')}`, why: failure.faults.map(formatFault).join('\n') };
}
