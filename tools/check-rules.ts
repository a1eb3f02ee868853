/** The page of what `check` judges: from the rules themselves. */
import { POLICIES } from '../src/check/policies/index.ts';
import type { Policy } from '../src/check/policy.ts';
import { TLS_RULES, type TlsRule, type TlsRuleId } from '../src/check/registry.ts';
import { citedTogether } from '../src/check/report/explain.ts';

/** docs/check-rules.md */
export function renderCheckRules(): string {
  const policies = [...POLICIES.values()];
  return [
    '<!-- Written by `npm run docs` from the rules themselves. -->\n',
    '# Rules of `sallyport check`\n',
    'What each rule wants, when there is something to judge, and what each policy makes of a violation. How to use them is told',
    'in [check.md](check.md).\n',
    '## Policies\n',
    ...policies.map(({ id, title }) => `- \`${id}\`: ${title}`),
    '\n## TLS\n',
    ...TLS_RULES.map((rule) => section(rule, policies)),
  ].join('\n');
}

function section(rule: TlsRule, policies: readonly Policy[]): string {
  const { id, control, title, applies_when, why, advice, sources, remedies } = rule;
  const levels = policies.map((policy) => `${policy.id} ${policy.tls[id as TlsRuleId] ?? 'not judged'}`).join(', ');
  const lines = Object.entries(remedies).flatMap(([software, config]) => [`# ${software}`, ...config]);
  return [
    `### \`${id}\`\n`,
    `${sentence(title)} Control [${control}](controls.md); ${citedTogether(sources)}.\n`,
    `- judged when ${applies_when}`,
    `- else ${why}`,
    `- ${levels}`,
    `- ${advice}\n`,
    ...(lines.length === 0 ? [] : ['```', ...lines, '```\n']),
  ].join('\n');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
