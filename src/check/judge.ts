import type { Level, Policy, PolicySettings } from './policy.ts';
import { TLS_RULES, type TlsRule, type TlsRuleId } from './registry.ts';
import type { ResultReport, RuleVerdict } from './report/report.ts';
import type { Judgement } from './rule.ts';
import type { TlsEvidence } from './tls/evidence.ts';

/** What each rule of the policy says about the evidence, in the order of the registry. */
export function judgeTls(evidence: TlsEvidence, { tls, settings }: Policy): ResultReport[] {
  return TLS_RULES.flatMap((rule) => {
    const level: Level | undefined = tls[rule.id as TlsRuleId];
    return level === undefined ? [] : [resultOf(rule, level, evidence, settings)];
  });
}

function resultOf(rule: TlsRule, level: Level, evidence: TlsEvidence, settings: PolicySettings): ResultReport {
  const { id, control, title, sources, why, advice, remedies } = rule;
  const judgement = rule.judge(evidence, settings);
  return {
    rule: id,
    control,
    verdict: verdictOf(judgement, level),
    title,
    message: judgement.message,
    facts: [...judgement.facts],
    why,
    advice,
    sources: sources.map((source) => ({ ...source })),
    remedies: Object.entries(remedies).map(([software, lines]) => ({ software, lines: [...lines] })),
    known: false,
  };
}

function verdictOf({ state }: Judgement, level: Level): RuleVerdict {
  if (state === 'violated') return level;
  if (state === 'tolerated') return 'warn';
  return state === 'holds' ? 'pass' : state === 'unknown' ? 'could-not-tell' : 'not-applicable';
}
