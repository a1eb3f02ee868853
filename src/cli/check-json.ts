import type { ReportWriter } from '../check/report/writer.ts';
import { jsonLine } from './json.ts';

/** One object of the published schema, a target a line. */
export function jsonWriter(): ReportWriter {
  let separator = '';
  return {
    begin: (head) => `${jsonLine(head).slice(0, -1)},"targets":[`,
    target(target) {
      const text = `${separator}\n${jsonLine(target)}`;
      separator = ',';
      return text;
    },
    end: (tail) => `\n],${jsonLine(tail).slice(1)}\n`,
  };
}
