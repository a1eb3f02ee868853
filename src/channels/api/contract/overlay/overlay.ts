import { dirname, resolve } from 'node:path';
import type { FaultLog } from '../fault-log.ts';
import { isObject, member, members, type Node, pointerTo } from '../pointer.ts';
import { compileTarget, type Target, TargetError } from './target.ts';

/** An OpenAPI Overlay 1.0 document (https://spec.openapis.org/overlay/v1.0.0), read. */
export interface Overlay {
  readonly actions: readonly OverlayAction[];
}

export interface OverlayAction {
  readonly target: Target;
  /** Takes precedence over an update (section 4.4.3.1). */
  readonly remove: boolean;
  readonly update: unknown;
  /** JSON Pointer to the action in the overlay. */
  readonly pointer: string;
}

/** Which files an overlay speaks of, as the user named them. */
export interface OverlayFiles {
  readonly overlay: string;
  readonly contract: string;
}

const FIELDS = {
  'an overlay': new Set(['overlay', 'info', 'extends', 'actions']),
  info: new Set(['title', 'version', 'description']),
  'an action': new Set(['target', 'description', 'update', 'remove']),
};
const MAX_ACTIONS = 10_000;

/**
 * Reads an overlay, strict and closed; `x-` members are words. Faults go to the log as CONTRACT_OVERLAY.
 *
 * @param files where `extends` is to be held against the contract; null where there are no files
 */
export function readOverlay(root: unknown, log: FaultLog, files: OverlayFiles | null): Overlay {
  const document: Node = { value: root, pointer: '' };
  if (!closed(document, 'an overlay', log)) return { actions: [] };
  const version = member(document, 'overlay');
  if (typeof version?.value !== 'string' || !/^1\.0\.[0-9]+$/.test(version.value)) {
    fault(log, version ?? document, 'overlay must be a 1.0.x version, as a string');
  }
  readInfo(document, log);
  readExtends(document, log, files);
  return { actions: readActions(document, log) };
}

function readInfo(document: Node, log: FaultLog): void {
  const info = member(document, 'info');
  if (!info) return fault(log, document, 'an overlay needs info with title and version');
  if (!closed(info, 'info', log)) return;
  for (const key of ['title', 'version']) {
    const text = member(info, key);
    if (typeof text?.value !== 'string') fault(log, text ?? info, `info needs a ${key}, as a string`);
  }
}

/** An overlay that was made for another contract must not be laid over this one. */
function readExtends(document: Node, log: FaultLog, files: OverlayFiles | null): void {
  const named = member(document, 'extends');
  if (!named) return;
  if (typeof named.value !== 'string') return fault(log, named, 'extends must be a string');
  if (!files) return;
  const wanted = resolve(files.contract);
  const folder = dirname(resolve(files.overlay));
  if (resolve(folder, named.value) === wanted || resolve(folder, decoded(named.value)) === wanted) return;
  fault(log, named, 'extends names another file than the contract of this api');
}

/** `extends` is a URI reference, in which a blank is `%20`. */
function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

function readActions(document: Node, log: FaultLog): OverlayAction[] {
  const list = member(document, 'actions');
  if (!Array.isArray(list?.value) || list.value.length === 0) {
    fault(log, list ?? document, 'an overlay needs actions, a list of at least one');
    return [];
  }
  if (list.value.length > MAX_ACTIONS) {
    fault(log, list, `an overlay has at most ${MAX_ACTIONS} actions`);
    return [];
  }
  return members(list).flatMap(([, node]) => {
    const action = readAction(node, log);
    return action ? [action] : [];
  });
}

function readAction(node: Node, log: FaultLog): OverlayAction | null {
  if (!closed(node, 'an action', log)) return null;
  const remove = member(node, 'remove');
  if (remove && typeof remove.value !== 'boolean') fault(log, remove, 'remove must be true or false');
  const update = member(node, 'update');
  const target = readTarget(node, log);
  if (!update && remove?.value !== true) {
    fault(log, node, 'an action needs update or remove: true, or it does nothing');
    return null;
  }
  return target && { target, remove: remove?.value === true, update: update?.value, pointer: node.pointer };
}

function readTarget(node: Node, log: FaultLog): Target | null {
  const target = member(node, 'target');
  if (typeof target?.value !== 'string') {
    fault(log, target ?? node, 'an action needs a target, as a string');
    return null;
  }
  try {
    return compileTarget(target.value);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    fault(log, target, error.message);
    return null;
  }
}

function closed(node: Node, what: keyof typeof FIELDS, log: FaultLog): boolean {
  if (!isObject(node.value)) {
    fault(log, node, `${what} must be an object`);
    return false;
  }
  for (const key of Object.keys(node.value)) {
    if (FIELDS[what].has(key) || key.startsWith('x-')) continue;
    fault(log, { value: null, pointer: pointerTo(node.pointer, key) }, `'${key}' is not known on ${what}`);
  }
  return true;
}

function fault(log: FaultLog, { pointer }: Node, message: string): void {
  log.add('CONTRACT_OVERLAY', pointer, message);
}
