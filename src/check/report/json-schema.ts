import { z } from 'zod';
import { checkReport } from './report.ts';

/** The JSON Schema (draft 2020-12) of a report, as it is published in schema/. */
export function checkReportSchema(): object {
  return z.toJSONSchema(checkReport, { target: 'draft-2020-12', reused: 'inline' });
}
