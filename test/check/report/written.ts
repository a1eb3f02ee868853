import type { CheckReport } from '../../../src/check/report/report.ts';
import type { ReportWriter } from '../../../src/check/report/writer.ts';

/** A report as a writer tells it. */
export function written(writer: ReportWriter, { targets, across, counts, verdict, ...head }: CheckReport): string {
  const pieces = [writer.begin(head), ...targets.map((target) => writer.target(target))];
  return [...pieces, writer.end({ across, counts, verdict })].join('');
}
