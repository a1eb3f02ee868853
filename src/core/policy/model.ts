/**
 * What policies can speak about: the registry's principals and the contracts' operations, reduced to the
 * names and attributes Cedar needs. Built at load; nothing here changes while a plan is in force.
 */

export const SENSITIVITIES = ['low', 'normal', 'high'] as const;

export type Sensitivity = (typeof SENSITIVITIES)[number];

export interface GroupModel {
  readonly id: string;
  /** Ids of the groups this group is a member of. */
  readonly parents: readonly string[];
}

export interface PartyModel {
  readonly id: string;
  readonly groups: readonly string[];
}

export interface MachineModel {
  readonly id: string;
  readonly party: string;
  /** Groups the machine is in by itself, beside those of its party. */
  readonly groups: readonly string[];
}

export interface ApiModel {
  readonly id: string;
  /** Zones the API is reachable in. */
  readonly zones: readonly string[];
}

export interface OperationModel {
  /** API id, a dot, operationId: `orders.createOrder`. */
  readonly id: string;
  readonly api: string;
  /** Upper-case HTTP method. */
  readonly method: string;
  /** The path template as the contract writes it. */
  readonly path: string;
  readonly sensitivity: Sensitivity;
  readonly tags: readonly string[];
}

export interface PolicyModel {
  readonly groups: readonly GroupModel[];
  readonly parties: readonly PartyModel[];
  readonly machines: readonly MachineModel[];
  /** Zone names. */
  readonly zones: readonly string[];
  readonly apis: readonly ApiModel[];
  readonly operations: readonly OperationModel[];
  /** Names of the trusts client certificates may lead to; when given, policies may name no other. */
  readonly trusts?: readonly string[];
}

/** The entity types whose ids come from the registry and the contracts. */
export const ENTITY_TYPES = ['Group', 'Party', 'Machine', 'Zone', 'Api', 'Operation'] as const;

export type EntityType = (typeof ENTITY_TYPES)[number];

/** Every id a policy may name, by entity type. */
export function knownIds(model: PolicyModel): Record<EntityType, ReadonlySet<string>> {
  const ids = (items: readonly { readonly id: string }[]) => new Set(items.map((item) => item.id));
  return {
    Group: ids(model.groups),
    Party: ids(model.parties),
    Machine: ids(model.machines),
    Zone: new Set(model.zones),
    Api: ids(model.apis),
    Operation: ids(model.operations),
  };
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export type ActionName = 'read' | 'write';

/** The Cedar action of an HTTP method: the safe methods the gate carries (RFC 9110, 9.2.1) read, all others write. */
export function actionOf(method: string): ActionName {
  return SAFE_METHODS.has(method) ? 'read' : 'write';
}
