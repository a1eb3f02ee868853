/** How differences between contracts look to people. */
import type { DiffChangeView, DiffView } from './contract-actions.ts';
import type { Paint } from './terminal.ts';

const SHOWN_CHANGES = 40;
const SHOWN_OPERATIONS = 3;

/** @param all every change, each with every operation it reaches */
export function renderDiff({ before, after, operations, changes }: DiffView, all: boolean, paint: Paint): string {
  const of = (effect: DiffChangeView['effect']) => changes.filter((change) => change.effect === effect);
  const parts = [
    section(paint('yellow', 'Became possible'), of('possible'), all, paint),
    section(paint('red', 'Became impossible'), of('impossible'), all, paint),
    words(of('words'), all, paint),
  ];
  const breaking = changes.filter((change) => change.breaking).length;
  const counts = [
    `${of('possible').length} became possible`,
    `${of('impossible').length} impossible`,
    `${breaking} may break callers`,
    `${operations.both} operations in both, ${operations.after - operations.both} new, ${operations.before - operations.both} gone`,
  ];
  return `${parts.join('')}${paint('bold', `${before} → ${after}`)}: ${counts.join('; ')}\n`;
}

function section(title: string, changes: readonly DiffChangeView[], all: boolean, paint: Paint): string {
  if (changes.length === 0) return '';
  const shown = all ? changes : changes.slice(0, SHOWN_CHANGES);
  const lines = shown.map(({ text, where, pointer, breaking, operations }) => {
    const mark = breaking ? `  ${paint('red', 'may break callers')}` : '';
    const place = where === 'operation' ? '' : `${where}: `;
    return `  ${place}${text}${mark}\n    ${paint('dim', `#${pointer}`)}${reached(operations, where, all)}\n`;
  });
  const more = changes.length > shown.length ? `  and ${changes.length - shown.length} more (--all)\n` : '';
  return `${title}\n${lines.join('')}${more}\n`;
}

function reached(operations: readonly string[], where: string, all: boolean): string {
  if (where === 'operation' && operations.length === 1) return '';
  const shown = all ? operations : operations.slice(0, SHOWN_OPERATIONS);
  const more = operations.length > shown.length ? ` and ${operations.length - shown.length} more` : '';
  return ` in ${shown.join(', ')}${more}`;
}

/** What only reads differently is counted by kind, unless all is asked for. */
function words(changes: readonly DiffChangeView[], all: boolean, paint: Paint): string {
  if (changes.length === 0) return '';
  if (all) return section('Reads differently', changes, all, paint);
  const counts = new Map<string, number>();
  for (const { kind, operations } of changes) counts.set(kind, (counts.get(kind) ?? 0) + operations.length);
  const lines = Array.from(
    counts,
    ([kind, count]) => `  ${kind}: ${count} ${count === 1 ? 'operation' : 'operations'}\n`,
  );
  return `Reads differently\n${lines.join('')}\n`;
}
