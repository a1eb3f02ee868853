import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { MAX_REPORT_BYTES, parseReport } from '../check/report/read-report.ts';
import type { CheckReport } from '../check/report/report.ts';
import { ReportFileError } from '../check/report/report-file-error.ts';
import type { ReportFile } from '../cli/check-actions.ts';

const READABLE = 0o644;

/** Begins a report beside its name: whoever looks there sees the old one or the whole new one. */
export function createReport(path: string, pid: number): ReportFile {
  const was = lstatSync(path, { throwIfNoEntry: false });
  if (was !== undefined && !was.isFile()) throw new ReportFileError(`${path} is not a file; it is left as it is`);
  const building = `${path}.${pid}.new`;
  const descriptor = attempt(`${path} cannot be written`, () => openSync(building, 'wx', READABLE));
  // Whatever mask the process has.
  fchmodSync(descriptor, READABLE);
  let is_open = true;
  const close = () => {
    if (is_open) closeSync(descriptor);
    is_open = false;
  };
  return {
    write: (text) => {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    },
    keep() {
      fsyncSync(descriptor);
      close();
      renameSync(building, path);
    },
    discard() {
      close();
      rmSync(building, { force: true });
    },
  };
}

export function readReport(path: string): CheckReport {
  const text = attempt(`${path} cannot be read`, () => {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(descriptor);
      // A device has no size, and no end.
      if (!stat.isFile()) throw new ReportFileError(`${path} is not a regular file`);
      const { size } = stat;
      if (size > MAX_REPORT_BYTES) throw new ReportFileError(`${path} is larger than ${MAX_REPORT_BYTES} bytes`);
      return readFileSync(descriptor, 'utf8');
    } finally {
      closeSync(descriptor);
    }
  });
  return parseReport(text, path);
}

function attempt<T>(trouble: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ReportFileError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ReportFileError(`${trouble} (${code})`);
  }
}
