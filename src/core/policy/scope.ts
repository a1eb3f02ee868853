/** Which parts of a policy's scope match a question; for explanations, never for decisions. */

import type { PolicyJson } from './cedar.ts';
import type { Question } from './engine.ts';
import { type EntityClosure, type Uid, uidText } from './entities.ts';
import { plain } from './expression.ts';

export interface ScopeMatch {
  readonly principal_matches: boolean;
  readonly action_matches: boolean;
  readonly resource_matches: boolean;
}

export function scopeMatch(policy: PolicyJson, question: Question): ScopeMatch {
  const call: Uid = { type: 'Action', id: 'call' };
  return {
    principal_matches: matches(policy.principal, linesOf(question.machine)),
    action_matches: matches(policy.action, [{ type: 'Action', id: question.action }, call]),
    resource_matches: matches(policy.resource, linesOf(question.operation)),
  };
}

/** The parts that match, of three. */
export function partsMatching(scope: ScopeMatch): number {
  return Number(scope.principal_matches) + Number(scope.action_matches) + Number(scope.resource_matches);
}

/** The entity itself, then everything above it. */
function linesOf(closure: EntityClosure): Uid[] {
  return closure.entities.map((entity) => plain(entity.uid));
}

type Constraint = PolicyJson['principal'] | PolicyJson['action'] | PolicyJson['resource'];

function matches(constraint: Constraint, [self, ...above]: readonly Uid[]): boolean {
  if (self === undefined) return false;
  const isIn = (uid: Uid) => [self, ...above].some((other) => uidText(other) === uidText(uid));
  switch (constraint.op) {
    case 'All':
      return true;
    case '==':
      return 'entity' in constraint && uidText(plain(constraint.entity)) === uidText(self);
    case 'in':
      if ('entities' in constraint) return constraint.entities.some((uid) => isIn(plain(uid)));
      return 'entity' in constraint && isIn(plain(constraint.entity));
    case 'is': {
      const inside = constraint.in === undefined || ('entity' in constraint.in && isIn(plain(constraint.in.entity)));
      return constraint.entity_type === self.type && inside;
    }
  }
}
