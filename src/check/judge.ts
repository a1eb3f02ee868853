import type { Level, Policy, PolicySettings } from './policy.ts';
import { TLS_RULES, type TlsRule, type TlsRuleId } from './registry.ts';
import { fittingRemedies } from './remedies.ts';
import type { ResultReport, RuleVerdict } from './report/report.ts';
import type { Judgement } from './rule.ts';
import type { Service } from './target.ts';
import type { TlsEvidence } from './tls/evidence.ts';

/**
 * What each rule of the policy says about the evidence, in the order of the registry.
 *
 * @param service what serves there: lines to set are told of software that may
 */
export function judgeTls(evidence: TlsEvidence, { tls, settings }: Policy, service: Service): ResultReport[] {
  return TLS_RULES.flatMap((rule) => {
    const level: Level | undefined = tls[rule.id as TlsRuleId];
    return level === undefined ? [] : [resultOf(rule, level, { evidence, settings, service })];
  });
}

interface Judged {
  readonly evidence: TlsEvidence;
  readonly settings: PolicySettings;
  readonly service: Service;
}

function resultOf(rule: TlsRule, level: Level, { evidence, settings, service }: Judged): ResultReport {
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
    remedies: fittingRemedies(remedies, service),
    known: false,
  };
}

function verdictOf({ state }: Judgement, level: Level): RuleVerdict {
  if (state === 'violated') return level;
  if (state === 'tolerated') return 'warn';
  return state === 'holds' ? 'pass' : state === 'unknown' ? 'could-not-tell' : 'not-applicable';
}
