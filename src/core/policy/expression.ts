/** Walks over the parsed form of a policy: what it nests, names and compares. */

import type { Expr, PolicyJson } from './cedar.ts';
import type { Uid } from './entities.ts';

/** An operator with its operand, as the one member of a parsed expression. */
function operation(expr: Expr): [operator: string, operand: unknown] {
  const [operator = '', operand] = Object.entries(expr)[0] ?? [];
  return [operator, operand];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LEAVES = new Set(['Value', 'Var', 'Slot']);

/** Operand names that hold expressions; all others (attr, pattern, entity_type) hold names. */
const OPERANDS = ['left', 'right', 'arg', 'if', 'then', 'else', 'in'];

function children(expr: Expr): Expr[] {
  const [operator, operand] = operation(expr);
  if (LEAVES.has(operator)) return [];
  if (Array.isArray(operand)) return operand as Expr[];
  if (!isRecord(operand)) return [];
  if (operator === 'Record') return Object.values(operand) as Expr[];
  return OPERANDS.flatMap((name) => (operand[name] === undefined ? [] : [operand[name] as Expr]));
}

/** Calls visit on every expression of the conditions, outermost first, with the expression around it. */
export function walkConditions(policy: PolicyJson, visit: (expr: Expr, around: Expr | null) => void): void {
  const walk = (expr: Expr, around: Expr | null): void => {
    visit(expr, around);
    for (const child of children(expr)) walk(child, expr);
  };
  for (const clause of policy.conditions) walk(clause.body, null);
}

/** Depth of the deepest condition. Iterative: the text may come from anywhere. */
export function expressionDepth(policy: PolicyJson): number {
  let depth = 0;
  let level: Expr[] = policy.conditions.map((clause) => clause.body);
  while (level.length > 0) {
    depth++;
    level = level.flatMap(children);
  }
  return depth;
}

/** Entities named in principal, action and resource of the scope. */
export function scopeEntities(policy: PolicyJson): Uid[] {
  return [policy.principal, policy.action, policy.resource].flatMap((constraint) => {
    const inner = 'in' in constraint && constraint.in !== undefined ? constraint.in : constraint;
    if ('entity' in inner) return [plain(inner.entity)];
    return 'entities' in inner ? inner.entities.map(plain) : [];
  });
}

export function plain(uid: Uid | { __entity: Uid }): Uid {
  return '__entity' in uid ? uid.__entity : uid;
}

/** The entity a literal names, or null. */
export function literalEntity(expr: Expr): Uid | null {
  const [operator, operand] = operation(expr);
  if (operator !== 'Value' || !isRecord(operand) || !isRecord(operand['__entity'])) return null;
  const { type, id } = operand['__entity'];
  return typeof type === 'string' && typeof id === 'string' ? { type, id } : null;
}

/**
 * Entities the conditions look into, beyond comparing with them: their own attributes or ancestors matter, so they
 * must be given to the decision. `principal in Party::"acme"` looks into the principal only.
 */
export function entitiesLookedInto(policy: PolicyJson): Uid[] {
  const found: Uid[] = [];
  walkConditions(policy, (expr, around) => {
    const uid = literalEntity(expr);
    if (uid !== null && !(around !== null && isComparedOnly(expr, around))) found.push(uid);
  });
  return found;
}

function isComparedOnly(literal: Expr, around: Expr): boolean {
  const [operator, operand] = operation(around);
  if (operator === '==' || operator === '!=') return true;
  if (!isRecord(operand)) return false;
  return (operator === 'in' && operand['right'] === literal) || (operator === 'is' && operand['in'] === literal);
}

/** `context.tls.version` for a chain of attributes on a variable, or null for anything else. */
export function attributePath(expr: Expr): string | null {
  const [operator, operand] = operation(expr);
  if (operator === 'Var' && typeof operand === 'string') return operand;
  if (operator !== '.' || !isRecord(operand) || typeof operand['attr'] !== 'string') return null;
  const left = attributePath(operand['left'] as Expr);
  return left === null ? null : `${left}.${operand['attr']}`;
}

export interface StringComparison {
  readonly path: string;
  readonly value: string;
}

/** Strings the conditions compare attributes with, by `==`, `!=`, `contains`, `containsAll` and `containsAny`. */
export function stringComparisons(policy: PolicyJson): StringComparison[] {
  const found: StringComparison[] = [];
  walkConditions(policy, (expr) => {
    const [operator, operand] = operation(expr);
    if (!COMPARING.has(operator) || !isRecord(operand)) return;
    const [left, right] = [operand['left'] as Expr, operand['right'] as Expr];
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const path = attributePath(one);
      if (path !== null) found.push(...stringsIn(other).map((value) => ({ path, value })));
    }
  });
  return found;
}

const COMPARING = new Set(['==', '!=', 'contains', 'containsAll', 'containsAny']);

function stringsIn(expr: Expr): string[] {
  const [operator, operand] = operation(expr);
  if (operator === 'Value') return typeof operand === 'string' ? [operand] : [];
  return operator === 'Set' && Array.isArray(operand) ? (operand as Expr[]).flatMap(stringsIn) : [];
}
