import type { ReportHead, ReportTail, TargetReport } from './report.ts';

/**
 * Turns a check into text of one format, piece by piece, so that a report of a thousand targets is never held as a whole:
 * `begin` once, `target` for each in the order they were given, `end` once. What all of them return, joined, is the report.
 */
export interface ReportWriter {
  readonly begin: (head: ReportHead) => string;
  readonly target: (target: TargetReport) => string;
  readonly end: (tail: ReportTail) => string;
}
