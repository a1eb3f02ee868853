import { type Fault, LoadError } from '../errors/faults.ts';
import { AuditUnavailable, osCode } from './unavailable.ts';

/** A LoadError with one DATA_FOLDER fault. */
export const dataFolderError = (fault: Omit<Fault, 'code'>): LoadError =>
  new LoadError([{ code: 'DATA_FOLDER', ...fault }]);

/** Runs a step of opening the log; what the operating system refuses becomes a fault that names the file. */
export async function opening<T>(file: string, doing: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const code = error instanceof AuditUnavailable ? error.os_code : osCode(error);
    if (error instanceof LoadError || code === null) throw error;
    throw dataFolderError({ message: `cannot ${doing} (${code})`, file });
  }
}
