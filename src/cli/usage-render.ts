/** How the use of contracts looks to people. */
import type { OperationUsageView, PartUsageView, UsageView } from './contract-actions.ts';
import type { Paint } from './terminal.ts';

/** @param unused only what nobody used */
export function renderUsage(apis: readonly UsageView[], unused: boolean, paint: Paint): string {
  return apis.map((api) => renderApi(api, unused, paint)).join('\n');
}

function renderApi({ api, since, operations }: UsageView, unused: boolean, paint: Paint): string {
  if (since === null) return `${paint('bold', api)}: nothing is counted under this contract yet\n`;
  const lines = operations.map((operation) => renderOperation(operation, unused, paint)).filter((text) => text !== '');
  const exchanges = operations.reduce((sum, operation) => sum + operation.exchanges, 0);
  const idle = operations.filter((operation) => operation.exchanges === 0).length;
  const counts = `${exchanges} exchanges since ${since.slice(0, 16).replace('T', ' ')} UTC, ${idle} of ${operations.length} operations unused`;
  return `${lines.join('')}${paint('bold', api)}: ${counts}\n`;
}

function renderOperation(operation: OperationUsageView, unused: boolean, paint: Paint): string {
  const { id, exchanges, looked_into, parts, cut } = operation;
  if (exchanges === 0) return `  ${paint('yellow', 'unused')}  ${id}\n`;
  const idle = parts.flatMap((part) => renderUnused(part, paint));
  if (unused && idle.length === 0) return '';
  const used = unused ? [] : parts.flatMap(renderUsed);
  const more = cut ? ['    there is more than is counted here\n'] : [];
  const head = `  ${paint('bold', id)}  ${exchanges} exchanges, ${looked_into} looked into\n`;
  return `${head}${[...used, ...idle, ...more].join('')}`;
}

function renderUsed({ part, used, looked_into }: PartUsageView): string[] {
  return used.map(({ place, times }) => `    ${titleOf(part)} ${place}  ${times} of ${looked_into}\n`);
}

function renderUnused({ part, unused, looked_into }: PartUsageView, paint: Paint): string[] {
  return unused.map((place) => `    ${paint('yellow', 'unused')} ${titleOf(part)} ${place}  0 of ${looked_into}\n`);
}

function titleOf(part: string): string {
  return part === 'request' ? part : `answer ${part}`;
}
