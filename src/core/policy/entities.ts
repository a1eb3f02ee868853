/** The model as Cedar entities, cut into what one decision needs: a machine or an operation with its ancestors. */

import type { EntityJson } from './cedar.ts';
import { type ActionName, actionOf, type EntityType, type PolicyModel } from './model.ts';

/** An entity and every entity above it. */
export interface EntityClosure {
  /** Small number, unique among its type in one model; part of cache keys. */
  readonly index: number;
  readonly type: EntityType;
  readonly id: string;
  readonly entities: readonly EntityJson[];
}

export interface OperationClosure extends EntityClosure {
  readonly action: ActionName;
  /** First zone of the API; what explanations assume when the question names none. */
  readonly first_zone: string;
}

export interface EntityIndex {
  machine(id: string): EntityClosure | undefined;
  operation(id: string): OperationClosure | undefined;
  /** The named entities and all above them, whatever their type; unknown ones are left out. */
  closureOf(uids: readonly Uid[]): readonly EntityJson[];
}

export interface Uid {
  readonly type: string;
  readonly id: string;
}

/** Unambiguous, as types hold no `::"`. */
export function uidText(uid: Uid): string {
  return `${uid.type}::${JSON.stringify(uid.id)}`;
}

export function buildEntities(model: PolicyModel): EntityIndex {
  const all = new Map(modelEntities(model).map((entity) => [uidText(uidOf(entity)), entity]));
  const zones = new Map(model.apis.map((api) => [api.id, api.zones[0] ?? '']));

  const closureOf = (uids: readonly Uid[]) => climb(all, uids);
  const closure = (type: EntityType, id: string, index: number): EntityClosure => ({
    index,
    type,
    id,
    entities: closureOf([{ type, id }]),
  });

  const machines = new Map(model.machines.map(({ id }, index) => [id, closure('Machine', id, index)]));
  const operations = new Map(
    model.operations.map(({ id, api, method }, index) => [
      id,
      { ...closure('Operation', id, index), action: actionOf(method), first_zone: zones.get(api) ?? '' },
    ]),
  );
  return { machine: (id) => machines.get(id), operation: (id) => operations.get(id), closureOf };
}

/** Every entity of the model; of what the model holds beside its declared fields, nothing. */
export function modelEntities(model: PolicyModel): EntityJson[] {
  return [
    ...model.groups.map((group) => entity('Group', group.id, uids('Group', group.parents))),
    ...model.parties.map((party) => entity('Party', party.id, uids('Group', party.groups))),
    ...model.machines.map((machine) =>
      entity('Machine', machine.id, [{ type: 'Party', id: machine.party }, ...uids('Group', machine.groups)]),
    ),
    ...model.zones.map((zone) => entity('Zone', zone, [])),
    ...model.apis.map((api) => entity('Api', api.id, uids('Zone', api.zones))),
    ...model.operations.map((operation) => ({
      ...entity('Operation', operation.id, uids('Api', [operation.api])),
      attrs: {
        method: operation.method,
        path: operation.path,
        sensitivity: operation.sensitivity,
        tags: [...operation.tags],
      },
    })),
  ];
}

function uids(type: EntityType, ids: readonly string[]): Uid[] {
  return ids.map((id) => ({ type, id }));
}

function entity(type: EntityType, id: string, parents: readonly Uid[]): EntityJson {
  return { uid: { type, id }, attrs: {}, parents: parents.map((parent) => ({ ...parent })) };
}

function uidOf(entity: EntityJson): Uid {
  return '__entity' in entity.uid ? entity.uid.__entity : entity.uid;
}

/** Breadth first; each entity once, so a cycle ends. */
function climb(all: ReadonlyMap<string, EntityJson>, from: readonly Uid[]): EntityJson[] {
  const found = new Map<string, EntityJson>();
  let level = from.map(uidText);
  while (level.length > 0) {
    const next: string[] = [];
    for (const text of level) {
      const entity = all.get(text);
      if (entity === undefined || found.has(text)) continue;
      found.set(text, entity);
      for (const parent of entity.parents) next.push(uidText('__entity' in parent ? parent.__entity : parent));
    }
    level = next;
  }
  return [...found.values()];
}
