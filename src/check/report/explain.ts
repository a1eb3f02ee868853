import type { ResultReport } from './report.ts';
import { shortened, visible } from './visible.ts';

/** Facts that a text for people has; the JSON report has all. */
const SHOWN_FACTS = 20;
const MAX_FACT_CHARACTERS = 200;

/** The evidence as lines, cut where there is more than people read. */
export function shownFacts(facts: readonly string[]): string[] {
  const shown = facts.slice(0, SHOWN_FACTS).map((fact) => shortened(fact, MAX_FACT_CHARACTERS));
  return facts.length > SHOWN_FACTS ? [...shown, `and ${facts.length - SHOWN_FACTS} more`] : shown;
}

/** What was found, why it matters and what to do, as plain text. */
export function explained(result: ResultReport): string {
  const { title, message, why, advice, facts, sources, remedies } = result;
  const lines = [
    `${message}.`,
    `Wanted: ${title}.`,
    ...shownFacts(facts).map((fact) => `- ${fact}`),
    `Else ${why}.`,
    `What to do: ${advice}.`,
    ...remedies.flatMap(({ software, lines: config }) => config.map((line) => `${software}: ${line}`)),
    `See ${citedTogether(sources)}.`,
  ];
  return lines.map(visible).join('\n');
}

/** All of them, each standard once. */
export function citedTogether(sources: readonly ResultReport['sources'][number][]): string {
  const standards = Map.groupBy(sources, ({ standard }) => standard);
  return [...standards]
    .map(([standard, those]) => cited({ standard, section: those.map(({ section }) => section).join(', ') }))
    .join('; ');
}

/** `RFC 9325 section 3.3`, or `RFC 8996 sections 4 and 5` where the source names several, with commas between. */
export function cited({ standard, section }: ResultReport['sources'][number]): string {
  const sections = section.split(/, */);
  const last = sections.pop();
  if (section === '') return standard;
  return sections.length === 0
    ? `${standard} section ${last}`
    : `${standard} sections ${sections.join(', ')} and ${last}`;
}

/** A name for a target that is the same however it was written. */
export function endpointOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
