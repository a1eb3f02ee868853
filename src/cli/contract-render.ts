/** How reviews of contracts look to people. */
import type { AcceptView, OperationReviewView, ReviewStatusView } from './contract-actions.ts';
import type { Paint } from './terminal.ts';

export function renderAccepted(view: AcceptView, paint: Paint): string {
  const { api, file, reviewer, date, entered, dropped, reviewed, operations } = view;
  const lines = [
    ...entered.map((id) => `  ${paint('green', 'reviewed')} ${id}\n`),
    ...dropped.map((id) => `  ${paint('dim', 'dropped')}  ${id}\n`),
  ];
  const what = entered.length === 0 ? 'nothing to enter' : `${entered.length} entered for ${reviewer}, ${date}`;
  return `${lines.join('')}${paint('bold', api)}: ${what}; ${reviewed} of ${operations} reviewed, in ${file}\n`;
}

const STATES = { reviewed: 'green', changed: 'yellow', never: 'red' } as const;
const STATE_WIDTH = 8;

export function renderStatus(apis: readonly ReviewStatusView[], paint: Paint): string {
  return apis
    .map(({ api, file, required, operations }) => {
      const width = Math.max(0, ...operations.map(({ id }) => id.length));
      const lines = operations.map((operation) => renderOperation(operation, width, paint));
      const reviewed = operations.filter(({ state }) => state === 'reviewed').length;
      const asked = required ? ', and the load asks for all' : '';
      return `${lines.join('')}${paint('bold', api)}: ${reviewed} of ${operations.length} reviewed, in ${file}${asked}\n`;
    })
    .join('\n');
}

function renderOperation(
  { id, state, reviewer, date, note }: OperationReviewView,
  width: number,
  paint: Paint,
): string {
  const who = reviewer === null ? '' : `  ${reviewer}, ${date}${note === null ? '' : `: ${note}`}`;
  return `  ${paint(STATES[state], state.padEnd(STATE_WIDTH))}  ${id.padEnd(width)}${who}`.trimEnd().concat('\n');
}
