/** How results look to people. */
import { type Fault, formatFault } from '../core/errors/faults.ts';
import type { ExplainView, NearPermitView, PolicyCaseView, PolicyView, ValidateReport } from './actions.ts';
import type { Paint } from './terminal.ts';

/** Faults, one under the other, and how many there are. */
export function renderFaults(faults: readonly Fault[], paint: Paint): string {
  const lines = faults.map((fault) => {
    const [head = '', ...rest] = formatFault(fault).split('\n');
    return [paint('red', head), ...rest].join('\n');
  });
  const total = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return `${lines.join('\n')}\n${paint('bold', total)}\n`;
}

export function renderValid(config: string, report: ValidateReport, paint: Paint): string {
  const summary = report.summary.length > 0 ? `: ${report.summary.join(', ')}` : '';
  return `${paint('green', `${config} is valid`)}${summary}\n`;
}

export function renderWarnings(warnings: readonly string[], paint: Paint): string {
  return warnings.map((warning) => `${paint('yellow', 'warning:')} ${warning}\n`).join('');
}

/** A decision and why. */
export function renderExplanation(view: ExplainView, paint: Paint): string {
  const { decision } = view;
  const verdict = decision.allow ? paint('green', 'allowed') : paint('red', `denied (${decision.code ?? 'no code'})`);
  const action = view.action === null ? '' : ` (${view.action})`;
  const parts = [`${paint('bold', view.machine)} → ${paint('bold', view.operation)}${action}: ${verdict}\n`];
  for (const error of decision.errors) parts.push(`  ${paint('red', 'error:')} ${error}\n`);
  if (view.deciding.length > 0)
    parts.push('\nDecided by\n', ...view.deciding.map((policy) => renderPolicy(policy, paint)));
  else if (!decision.allow) parts.push('\nNo policy permits this.\n');
  if (view.near.length > 0) parts.push('\nNearest permits\n', ...view.near.map((near) => renderNear(near, paint)));
  return parts.join('');
}

function renderPolicy(policy: PolicyView, paint: Paint): string {
  const text = policy.text
    .trim()
    .split('\n')
    .map((line) => `      ${paint('dim', line)}\n`);
  return `  ${policy.effect} ${paint('cyan', policy.name)} at ${policy.file}:${policy.line}\n${text.join('')}`;
}

function renderNear(near: NearPermitView, paint: Paint): string {
  const scopes = { principal: near.principal_matches, action: near.action_matches, resource: near.resource_matches };
  const missed = Object.entries(scopes).flatMap(([part, matches]) =>
    matches ? [] : [`    ${paint('yellow', `the ${part} does not match`)}\n`],
  );
  for (const clause of near.clauses) {
    if (clause.holds === true) continue;
    const why = clause.holds === 'error' ? 'could not be evaluated' : 'does not hold';
    missed.push(`    ${paint('yellow', `line ${clause.line} ${why}:`)} ${clause.text.replace(/\s+/g, ' ')}\n`);
  }
  return `  permit ${paint('cyan', near.name)} at ${near.file}:${near.line}\n${missed.join('')}`;
}

/** The failed cases of a policy test, and the count. */
export function renderCases(cases: readonly PolicyCaseView[], paint: Paint): string {
  const failed = cases.filter((result) => !result.ok);
  const lines = failed.map(({ case: asked, problems }) => {
    const question = `${asked.machine} → ${asked.operation}: expected ${asked.expect}`;
    const place = `${asked.file}:${asked.line}`;
    return `${paint('red', 'not as expected')} ${place} ${question}\n${problems.map((text) => `  ${text}\n`).join('')}`;
  });
  const good = cases.length - failed.length;
  return `${lines.join('')}${paint('bold', `${good} of ${cases.length} as expected`)}\n`;
}
