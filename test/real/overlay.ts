/**
 * Overlays as these tests write them: targets that name one place, `$.a['b'].c`. Applied here by hand, so that what
 * is asked for does not depend on how the gate reads overlays.
 */
import { parse } from 'yaml';

type Value = Record<string, unknown> | unknown[];

export interface OverlayAction {
  readonly target: string;
  readonly description?: string;
  readonly update?: unknown;
  readonly remove?: boolean;
}

const STEP = /\.([A-Za-z_][\w-]*)|\['([^']*)'\]|\[(\d+)\]/y;

/** Changes the document. @throws Error where a target names nothing */
export function applyByHand(document: object, text: string): OverlayAction[] {
  const { actions } = parse(text) as { actions: OverlayAction[] };
  for (const action of actions) {
    const path = pathOf(action.target);
    const last = path.at(-1);
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((value, step) => (value as Record<string, unknown>)?.[step], document);
    const place = last === undefined ? document : (parent as Record<string, unknown> | undefined)?.[last];
    if (place === undefined) throw new Error(`the overlay's target ${action.target} names nothing`);
    if (action.remove === true) remove(parent as Value, last!);
    else if (Array.isArray(place)) place.push(action.update);
    else if (typeof place === 'object' && place !== null)
      merge(place as Record<string, unknown>, action.update as object);
    else (parent as Record<string, unknown>)[last!] = action.update;
  }
  return actions;
}

function pathOf(target: string): string[] {
  if (!target.startsWith('$')) throw new Error(`${target} is no path`);
  const path: string[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < target.length) {
    const at = STEP.lastIndex;
    const step = STEP.exec(target);
    if (step === null) throw new Error(`${target} has a step that is not read, at ${at}`);
    path.push((step[1] ?? step[2] ?? step[3])!);
  }
  return path;
}

function remove(parent: Value, name: string): void {
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else delete parent[name];
}

function merge(into: Record<string, unknown>, update: object): void {
  for (const [name, value] of Object.entries(update)) {
    const before = into[name];
    if (Array.isArray(before) && Array.isArray(value)) before.push(...value);
    else if (isObject(before) && isObject(value)) merge(before, value);
    else into[name] = value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
