/** Why a decision is what it is: the policies that made it, and for a denial how near each permit was. */

import { authorizeOnce, type PolicyJson } from './cedar.ts';
import { cedarContext, exampleContext, type PartialContext, type PolicyContext, prepareContext } from './context.ts';
import type { Decision, PolicyEngine, Question } from './engine.ts';
import { uidText } from './entities.ts';
import { plain } from './expression.ts';
import { clausesOf, textOf } from './lexer.ts';
import type { ActionName } from './model.ts';
import { partsMatching, type ScopeMatch, scopeMatch } from './scope.ts';
import { type PolicySource, positionIn } from './source.ts';

export interface ExplainQuestion {
  readonly machine: string;
  readonly operation: string;
  /** What is left out is filled from `exampleContext`; the zone with the first zone of the API. */
  readonly context?: PartialContext | undefined;
}

export interface PolicyPlace {
  readonly name: string;
  readonly effect: 'permit' | 'forbid';
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface ClauseOutcome {
  readonly kind: 'when' | 'unless';
  readonly line: number;
  /** As written, keyword included. */
  readonly text: string;
  /** Whether the clause lets its policy apply; `error` when it could not be evaluated. */
  readonly holds: boolean | 'error';
}

/** A permit that did not apply, with what kept it from applying. */
export interface NearPermit extends PolicyPlace, ScopeMatch {
  readonly clauses: readonly ClauseOutcome[];
}

export interface Explanation {
  readonly machine: string;
  readonly operation: string;
  /** Null when machine or operation are unknown. */
  readonly action: ActionName | null;
  readonly context: PolicyContext;
  readonly decision: Decision;
  /** The determining policies; empty when nothing permits. */
  readonly deciding: readonly PolicyPlace[];
  /** For a denial: at most 10 permits, nearest first. */
  readonly near: readonly NearPermit[];
}

const MAX_NEAR = 10;

/** Answers as the gate would, and says why. Costs one evaluation per clause of the nearest permits. */
export function explain(engine: PolicyEngine, question: ExplainQuestion): Explanation {
  const machine = engine.entities.machine(question.machine);
  const operation = engine.entities.operation(question.operation);
  const context = questionContext(engine, question);
  const decision = engine.decide({ ...question, context: prepareContext(context) });
  const found = machine !== undefined && operation !== undefined ? engine.questionOf(machine, operation) : null;
  return {
    machine: question.machine,
    operation: question.operation,
    action: found?.action ?? null,
    context,
    decision,
    deciding: engine.policies.filter((policy) => decision.policies.includes(policy.name)).map(placeOf),
    near: decision.allow || found === null ? [] : nearPermits(engine, found, context),
  };
}

/** The context of a question, filled up. */
export function questionContext(engine: PolicyEngine, question: ExplainQuestion): PolicyContext {
  return exampleContext(engine.entities.operation(question.operation)?.first_zone ?? '', question.context);
}

function placeOf({ name, effect, file, line, text }: PolicySource): PolicyPlace {
  return { name, effect, file, line, text };
}

function nearPermits(engine: PolicyEngine, question: Question, context: PolicyContext): NearPermit[] {
  return engine.policies
    .filter((policy) => policy.effect === 'permit')
    .map((policy) => ({ policy, scope: scopeMatch(policy.json, question) }))
    .sort((a, b) => partsMatching(b.scope) - partsMatching(a.scope))
    .slice(0, MAX_NEAR)
    .filter(({ scope }) => scope.principal_matches || scope.resource_matches)
    .map(({ policy, scope }) => ({ ...placeOf(policy), ...scope, clauses: clauseOutcomes(policy, question, context) }))
    .filter((near) => !applies(near))
    .sort((a, b) => missing(a) - missing(b));
}

/** How many parts of a permit keep it from applying. */
function missing(near: NearPermit): number {
  return 3 - partsMatching(near) + near.clauses.filter((clause) => clause.holds !== true).length;
}

function applies(near: NearPermit): boolean {
  return missing(near) === 0;
}

function clauseOutcomes(policy: PolicySource, question: Question, context: PolicyContext): ClauseOutcome[] {
  const written = clausesOf(policy.statement);
  return policy.json.conditions.map((clause, index) => {
    const tokens = written[index] ?? policy.statement;
    return {
      kind: clause.kind,
      line: positionIn(policy, tokens[0]?.start ?? 0).line,
      text: textOf(policy.file_text, tokens),
      holds: evaluate({ ...ANY, conditions: [clause] }, question, context),
    };
  });
}

const ANY: PolicyJson = {
  effect: 'permit',
  principal: { op: 'All' },
  action: { op: 'All' },
  resource: { op: 'All' },
  conditions: [],
};

/** Whether a permit with one clause of a policy and no scope would apply. */
function evaluate(policy: PolicyJson, question: Question, context: PolicyContext): boolean | 'error' {
  const answer = authorizeOnce({
    principal: { type: 'Machine', id: question.machine.id },
    action: { type: 'Action', id: question.action },
    resource: { type: 'Operation', id: question.operation.id },
    context: cedarContext(context),
    policies: { staticPolicies: { part: policy } },
    entities: [...question.entities],
  });
  if (answer.type === 'failure' || answer.response.diagnostics.errors.length > 0) return 'error';
  return answer.response.decision === 'allow';
}

/** The names above a machine or operation, for people: `Party::"acme"`, `Group::"suppliers"`. */
export function memberships(
  engine: PolicyEngine,
  question: ExplainQuestion,
): { machine: string[]; operation: string[] } {
  const names = (closure: { entities: Question['entities'] } | undefined) =>
    (closure?.entities ?? []).slice(1).map((entity) => uidText(plain(entity.uid)));
  return {
    machine: names(engine.entities.machine(question.machine)),
    operation: names(engine.entities.operation(question.operation)),
  };
}
