/**
 * Names and values a policy writes out, held against the model. Cedar's validator accepts `Party::"acmee"` and
 * `context.zone == "partnr"`: well typed, and never true. Here they stop the load.
 */

import { nearest } from '../../protocol/text/edit-distance.ts';
import type { Fault } from '../errors/faults.ts';
import { type Uid, uidText } from './entities.ts';
import { literalEntity, scopeEntities, stringComparisons, walkConditions } from './expression.ts';
import { findEntity, findString, type Token } from './lexer.ts';
import { ENTITY_TYPES, type EntityType, knownIds, type PolicyModel, SENSITIVITIES } from './model.ts';
import { type PolicySource, positionIn } from './source.ts';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'];
const KEY_TYPES = ['RSA', 'RSA-PSS', 'EC', 'Ed25519', 'Ed448'];

export interface LiteralCheck {
  readonly faults: readonly Fault[];
  /** Comparisons that are never true today but may be meant: a tag no operation has. */
  readonly warnings: readonly { readonly policy: PolicySource; readonly message: string; readonly at: number }[];
}

/** Makes the check of one policy for a model. */
export function literalChecker(model: PolicyModel): (policy: PolicySource) => LiteralCheck {
  const ids = knownIds(model);
  const tags = new Set(model.operations.flatMap((operation) => operation.tags));
  const closed: Record<string, readonly string[]> = {
    'context.zone': model.zones,
    'context.tls.version': TLS_VERSIONS,
    'context.certificate.key_type': KEY_TYPES,
    ...(model.trusts === undefined ? {} : { 'context.certificate.trust': model.trusts }),
    'resource.sensitivity': SENSITIVITIES,
    'resource.method': METHODS,
  };

  return (policy) => {
    const comparisons = stringComparisons(policy.json);
    const start = policy.statement[0]?.start ?? 0;
    const unknown_tags = comparisons.filter(({ path, value }) => path === 'resource.tags' && !tags.has(value));
    return {
      faults: [
        ...entitiesOf(policy)
          .filter((uid) => isModelType(uid.type) && !ids[uid.type].has(uid.id))
          .map((uid) => unknownEntity(policy, uid, ids)),
        ...comparisons.flatMap(({ path, value }) => {
          const values = closed[path];
          return values === undefined || values.includes(value) ? [] : [unknownValue(policy, path, value, values)];
        }),
      ],
      warnings: unknown_tags.map(({ value }) => ({
        policy,
        message: `no operation has the tag ${JSON.stringify(value)}`,
        at: findString(policy.statement, value)?.start ?? start,
      })),
    };
  };
}

function isModelType(type: string): type is EntityType {
  return (ENTITY_TYPES as readonly string[]).includes(type);
}

/** Every entity the policy names, each once. */
function entitiesOf(policy: PolicySource): Uid[] {
  const found = new Map(scopeEntities(policy.json).map((uid) => [uidText(uid), uid]));
  walkConditions(policy.json, (expr) => {
    const uid = literalEntity(expr);
    if (uid !== null) found.set(uidText(uid), uid);
  });
  return [...found.values()];
}

function unknownEntity(policy: PolicySource, uid: Uid, ids: Record<EntityType, ReadonlySet<string>>): Fault {
  const type = uid.type as EntityType;
  const near = nearest(uid.id, ids[type]);
  const elsewhere = ENTITY_TYPES.find((other) => other !== type && ids[other].has(uid.id));
  const suggestion =
    elsewhere !== undefined
      ? uidText({ type: elsewhere, id: uid.id })
      : near === null
        ? undefined
        : uidText({ type, id: near });
  return fault(policy, findEntity(policy.statement, type, uid.id), `${uidText(uid)} does not exist`, suggestion);
}

function unknownValue(policy: PolicySource, path: string, value: string, values: readonly string[]): Fault {
  const token = findString(policy.statement, value);
  const near = nearest(value, values);
  const suggestion = near === null ? undefined : JSON.stringify(near);
  return fault(policy, token, `${path} is never ${JSON.stringify(value)}`, suggestion, values);
}

function fault(
  policy: PolicySource,
  token: Token | undefined,
  problem: string,
  near: string | undefined,
  values?: readonly string[],
): Fault {
  const known =
    values === undefined ? undefined : `use one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
  const suggestion = near === undefined ? known : `did you mean ${near}?`;
  return {
    code: 'POLICY_INVALID',
    message: `policy ${JSON.stringify(policy.name)}: ${problem}`,
    ...positionIn(policy, token?.start ?? policy.statement[0]?.start ?? 0),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
