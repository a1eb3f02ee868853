/** Results as files that can be compared, drawn and read by people. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', 'results');

/** @returns the path it was written to: `<date>-<what>.json` */
export function saveResults(results: { readonly machine: { readonly date: string } }, what: string): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${results.machine.date.slice(0, 10)}-${what}.json`);
  writeFileSync(path, resultsText(results));
  return path;
}

/** A line for each element of the lists at the top, so that a file of a thousand runs can still be looked through. */
export function resultsText(results: object): string {
  const members = Object.entries(results).map(([name, value]) => {
    const text = Array.isArray(value)
      ? `[\n${value.map((element) => `    ${JSON.stringify(element)}`).join(',\n')}\n  ]`
      : JSON.stringify(value);
    return `  ${JSON.stringify(name)}: ${text}`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}
