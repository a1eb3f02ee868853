/** How judgements of contracts look to people. */
import type { LintedView, LintFindingView, LintRuleResult, LintSeverity, LintView } from './contract-actions.ts';
import type { Paint, Style } from './terminal.ts';

const STYLES: Readonly<Record<LintSeverity, Style>> = { danger: 'red', loose: 'yellow', hint: 'cyan' };

export function renderLint({ contracts, overlay }: LintView, paint: Paint): string {
  const parts = contracts.map((contract) => renderLinted(contract, paint));
  if (overlay)
    parts.push(`${paint('green', `made ${overlay.file}`)}: ${overlay.actions} actions, each to be looked at\n`);
  return parts.join('\n');
}

function renderLinted({ api, file, score, rules, findings }: LintedView, paint: Paint): string {
  const title = paint('bold', api === null ? file : `${api} (${file})`);
  const hit = rules.filter(({ found }) => found > 0);
  const sections = hit.map((rule) =>
    renderRule(
      rule,
      findings.filter((finding) => finding.rule === rule.id),
      paint,
    ),
  );
  const counts = (['danger', 'loose', 'hint'] as const).map((severity) => {
    const found = hit.filter((rule) => rule.severity === severity).reduce((sum, rule) => sum + rule.found, 0);
    return paint(found === 0 ? 'dim' : STYLES[severity], `${found} ${severity}`);
  });
  return `${title}\n\n${sections.join('')}${paint('bold', `score ${score} of 100`)}: ${counts.join(', ')}\n`;
}

function renderRule(rule: LintRuleResult, findings: readonly LintFindingView[], paint: Paint): string {
  const { id, severity, title, judged, found, grade, controls, why, fix } = rule;
  const head = `${paint(STYLES[severity], severity)} ${paint('bold', id)}: ${title}`;
  const numbers = `${found} of ${judged} places, grade ${grade}, ${controls.join(' ')}`;
  const places = findings.map(
    ({ file, line, column, pointer, message }) =>
      `  ${file}:${line}:${column}: ${message}\n    ${paint('dim', pointer)}\n`,
  );
  const more = found > findings.length ? `  and ${found - findings.length} more (--rule ${id} --max ${found})\n` : '';
  return `${head}\n  ${paint('dim', numbers)}\n  ${why}\n  → ${fix}\n${places.join('')}${more}\n`;
}
