import { FaultLog } from '../fault-log.ts';
import { Draft } from './draft.ts';
import { Origins } from './origins.ts';
import { type Overlay, type OverlayAction, readOverlay } from './overlay.ts';
import { type Location, TargetError } from './target.ts';

/**
 * Applies an OpenAPI Overlay 1.0 document to a description: its actions in order, each to what the one before it left.
 *
 * - `update` of an object is merged into it: objects member by member, arrays appended, anything else replaced
 * - `update` of an array is appended to it as one item
 * - `remove` takes the target out of its object or array
 *
 * @param document a description as plain values; it is not changed
 * @param overlay an overlay as plain values
 * @returns the changed description, which shares with the given one what no action touched
 * @throws LoadError CONTRACT_OVERLAY with every fault found; an action whose target selects nothing is one
 */
export function applyOverlay(document: unknown, overlay: unknown): unknown {
  const log = new FaultLog((pointers) => pointers.map(() => ({})));
  const changed = applyActions(document, readOverlay(overlay, log, null), { source: 0, origins: new Origins(), log });
  log.raise();
  return changed;
}

export interface Applied {
  /** Index of the overlay, for the origins of what it writes. */
  readonly source: number;
  readonly origins: Origins;
  /** Of the overlay. */
  readonly log: FaultLog;
}

/** The document as the actions leave it; what they cannot do is a fault in the log. */
export function applyActions(document: unknown, overlay: Overlay, applied: Applied): unknown {
  const draft = new Draft(document, applied.origins);
  for (const action of overlay.actions) applyAction(draft, action, applied);
  return draft.root;
}

function applyAction(draft: Draft, action: OverlayAction, applied: Applied): void {
  const places = placesOf(draft, action, applied.log);
  if (action.remove) removeAll(draft, places, action, applied.log);
  else for (const place of places) updateOne(draft, place, action, applied);
}

function placesOf(draft: Draft, { target, pointer }: OverlayAction, log: FaultLog): Location[] {
  try {
    const places = target.select(draft.root);
    // A rule that was meant to tighten something and does nothing is a hole that looks closed.
    if (places.length === 0) log.add('CONTRACT_OVERLAY', `${pointer}/target`, 'the target selects nothing');
    return places;
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    log.add('CONTRACT_OVERLAY', `${pointer}/target`, error.message);
    return [];
  }
}

function updateOne(draft: Draft, place: Location, { update, pointer }: OverlayAction, applied: Applied): void {
  const { source, log } = applied;
  if (!isContainer(valueAt(draft.root, place))) {
    log.add('CONTRACT_OVERLAY', `${pointer}/target`, NOT_A_CONTAINER, 'Select what holds it, and update its member');
    return;
  }
  for (const conflict of draft.update(place, update, { source, pointer: `${pointer}/update` })) {
    log.add('CONTRACT_OVERLAY', conflict.pointer, conflict.message);
  }
}

const NOT_A_CONTAINER = 'the target selects a value that is neither object nor array, which cannot be updated';

/** Last items first, so that none moves before its turn; what lies inside something removed is gone with it. */
function removeAll(draft: Draft, places: readonly Location[], { pointer }: OverlayAction, log: FaultLog): void {
  if (places.some((place) => place.length === 0)) {
    log.add('CONTRACT_OVERLAY', `${pointer}/target`, 'the whole document cannot be removed');
    return;
  }
  for (const place of places.toSorted(fromTheEnd)) draft.remove(place);
}

/** Later places first, and what is inside before what holds it. */
function fromTheEnd(left: Location, right: Location): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const a = left[index] as string | number;
    const b = right[index] as string | number;
    if (a !== b) return typeof a === 'number' && typeof b === 'number' ? b - a : String(a) < String(b) ? 1 : -1;
  }
  return right.length - left.length;
}

function valueAt(root: unknown, place: Location): unknown {
  // An update of an outer place may have replaced what an inner one stood in.
  return place.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[String(step)], root);
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
