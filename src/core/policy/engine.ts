/** Decisions: deny by default, an evaluation error refuses, equal questions are answered from memory. */

import { GenerationCache } from './cache.ts';
import { authorizeKept, type EntityJson, releaseSet } from './cedar.ts';
import { cedarContext, type PreparedContext } from './context.ts';
import { ContextNumbers } from './context-numbers.ts';
import { type EntityClosure, type EntityIndex, type OperationClosure, uidText } from './entities.ts';
import { entitiesLookedInto, plain } from './expression.ts';
import type { ActionName } from './model.ts';
import type { PolicySource, PolicyWarning } from './source.ts';

export interface PolicyRequest {
  readonly machine: string;
  readonly operation: string;
  readonly context: PreparedContext;
}

export interface Decision {
  readonly allow: boolean;
  /** Null when allowed. */
  readonly code: null | 'AUTHZ_DENIED' | 'AUTHZ_ERROR';
  /** Names of the policies that determined the decision; empty when nothing permits. */
  readonly policies: readonly string[];
  /** What went wrong in the evaluation, for the record; never told to the caller. */
  readonly errors: readonly string[];
}

export interface PolicyEngineOptions {
  readonly set_name: string;
  readonly policies: readonly PolicySource[];
  readonly entities: EntityIndex;
  readonly version: string;
  readonly warnings: readonly PolicyWarning[];
  readonly cached_decisions: number;
}

/** A question with its entities found. */
export interface Question {
  readonly machine: EntityClosure;
  readonly operation: OperationClosure;
  readonly action: ActionName;
  readonly entities: readonly EntityJson[];
}

/** Bound on the text of one error in a record, in UTF-16 units. */
const MAX_ERROR_LENGTH = 500;

/** One version of the policies. Made by `loadPolicies`. */
export class PolicyEngine {
  /** SHA-256 of policies, model, schema and library version. */
  readonly version: string;
  readonly policies: readonly PolicySource[];
  readonly warnings: readonly PolicyWarning[];
  readonly entities: EntityIndex;
  /** Entities some policy looks into although they are neither machine nor operation of the question. */
  readonly #looked_into: readonly EntityJson[];
  readonly #cache: GenerationCache<Decision>;
  readonly #contexts: ContextNumbers;
  #set_name: string | null;

  constructor(options: PolicyEngineOptions) {
    this.version = options.version;
    this.policies = options.policies;
    this.warnings = options.warnings;
    this.entities = options.entities;
    this.#set_name = options.set_name;
    this.#looked_into = options.entities.closureOf(
      options.policies.flatMap((policy) => entitiesLookedInto(policy.json)),
    );
    this.#cache = new GenerationCache(options.cached_decisions);
    this.#contexts = new ContextNumbers(options.cached_decisions);
  }

  /**
   * Never throws. The answer depends on the arguments and this version only, and is remembered (about 1 µs; a first
   * answer costs a few hundred).
   */
  decide({ machine, operation, context }: PolicyRequest): Decision {
    const m = this.entities.machine(machine);
    const o = this.entities.operation(operation);
    if (m === undefined) return refusal('the machine is not in the registry of this policy version');
    if (o === undefined) return refusal('the operation is not in the contracts of this policy version');
    const key = `${m.index}|${o.index}|${this.#contexts.numberOf(context)}`;
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const decision = this.#evaluate(this.questionOf(m, o), context);
    if (decision.cacheable) this.#cache.set(key, decision.answer);
    return decision.answer;
  }

  /** Hits, misses and entries of the decisions remembered. */
  get statistics(): GenerationCache<Decision>['statistics'] {
    return this.#cache.statistics;
  }

  /** Gives the memory of the policy library back. Every decision after this is a refusal. */
  close(): void {
    if (this.#set_name !== null) releaseSet(this.#set_name);
    this.#set_name = null;
    this.#cache.clear();
    this.#contexts.clear();
  }

  questionOf(machine: EntityClosure, operation: OperationClosure): Question {
    const own = [...machine.entities, ...operation.entities];
    const entities = this.#looked_into.length === 0 ? own : unique([...own, ...this.#looked_into]);
    return { machine, operation, action: operation.action, entities };
  }

  #evaluate(question: Question, context: PreparedContext): { readonly answer: Decision; readonly cacheable: boolean } {
    if (this.#set_name === null) return { answer: refusal('this policy version is closed'), cacheable: false };
    const answer = authorizeKept({
      principal: { type: 'Machine', id: question.machine.id },
      action: { type: 'Action', id: question.action },
      resource: { type: 'Operation', id: question.operation.id },
      context: cedarContext(context.value),
      entities: [...question.entities],
      preparsedPolicySetId: this.#set_name,
    });
    // A failure may be of the moment (the library out of memory), so it is not remembered.
    if (answer.type === 'failure') {
      return { answer: refusal(...answer.errors.map((error) => error.message)), cacheable: false };
    }
    const { decision, diagnostics } = answer.response;
    const errors = diagnostics.errors.map(({ policyId, error }) => `policy ${policyId}: ${error.message}`);
    // Cedar skips a policy that errs: a forbid that errs would not forbid. Here any error refuses.
    if (errors.length > 0) return { answer: refusal(...errors), cacheable: true };
    const allow = decision === 'allow';
    const policies = [...diagnostics.reason].sort();
    return { answer: { allow, code: allow ? null : 'AUTHZ_DENIED', policies, errors: [] }, cacheable: true };
  }
}

function refusal(...errors: string[]): Decision {
  const bounded = errors.map((error) => error.slice(0, MAX_ERROR_LENGTH));
  return { allow: false, code: 'AUTHZ_ERROR', policies: [], errors: bounded };
}

/** The library refuses an entity that is given twice. */
function unique(entities: readonly EntityJson[]): EntityJson[] {
  return [...new Map(entities.map((entity) => [uidText(plain(entity.uid)), entity])).values()];
}
