import { z } from 'zod';
import { type CheckReport, checkReport } from './report.ts';
import { ReportFileError } from './report-file-error.ts';

/** Of one JSON report; a thousand targets are about 20 MiB. */
export const MAX_REPORT_BYTES = 128 * 1024 * 1024;

const outline = z.object({ format: z.literal('sallyport-check'), version: z.number() });

/**
 * A JSON report of this version.
 *
 * @param name of the file, for the error
 * @throws ReportFileError where it is something else
 */
export function parseReport(text: string, name: string): CheckReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ReportFileError(`${name} is not JSON`);
  }
  const begun = outline.safeParse(value);
  if (!begun.success) throw new ReportFileError(`${name} is not a JSON report of sallyport check`);
  const { version } = begun.data;
  if (version !== 1) throw new ReportFileError(`${name} has version ${version} of the report; this release reads 1`);
  const whole = checkReport.safeParse(value);
  if (whole.success) return whole.data;
  const [issue] = whole.error.issues;
  const where = issue?.path.map(String).join('.') ?? '';
  throw new ReportFileError(`${name} is not a report that this release reads (${where.slice(0, 100)})`);
}
