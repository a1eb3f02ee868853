import { isObject, pointerParts } from '../../contract/pointer.ts';
import type { LintFinding } from './lint.ts';
import type { Mend } from './rule.ts';

/** An OpenAPI Overlay 1.0 document (https://spec.openapis.org/overlay/v1.0.0). */
export interface MendOverlay {
  readonly overlay: '1.0.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly actions: readonly MendAction[];
}

export interface MendAction {
  /** A normalised path of RFC 9535, written with dots where names allow. */
  readonly target: string;
  readonly description: string;
  readonly update?: Readonly<Record<string, unknown>>;
  readonly remove?: true;
}

/** Where the actions are gathered: a component, or a method of a path. Fewer actions are read sooner. */
const GATHERED_DEPTH = 3;

interface Gathered {
  readonly rules: Set<string>;
  readonly update: Record<string, unknown>;
}

/**
 * An overlay that takes away every finding that can be taken away without asking what the service means. The numbers
 * are guesses, and each action says so.
 *
 * @param root the description as it was linted: `extends` is left to whoever writes the file
 * @returns null where there is nothing to mend
 */
export function mendOverlay(title: string, root: unknown, findings: readonly LintFinding[]): MendOverlay | null {
  const updates = new Map<string, Gathered>();
  const removals = new Map<string, string>();
  for (const { rule, mend } of findings) {
    if (mend === null) continue;
    if (mend.update === null) removals.set(mend.pointer, rule.id);
    else gather(updates, stepsOf(root, mend), mend.update, rule.id);
  }
  const actions = [
    ...Array.from(updates, ([target, { rules, update }]) => ({ target, description: todo(rules), update })),
    ...outermost(removals).map(([pointer, rule]) => ({
      target: jsonPath(stepsOf(root, { pointer })),
      description: todo([rule]),
      remove: true as const,
    })),
  ];
  if (actions.length === 0) return null;
  return { overlay: '1.0.0', info: { title, version: '1' }, actions };
}

function todo(rules: Iterable<string>): string {
  return `TODO look at what is written here and adapt it (${[...rules].join(', ')})`;
}

/** Puts an update into the action of its component or method; behind an index of an array a new action has to begin. */
function gather(updates: Map<string, Gathered>, steps: readonly Step[], update: object, rule: string): void {
  const last_index = steps.findLastIndex((step) => typeof step === 'number');
  const depth = Math.min(steps.length, Math.max(GATHERED_DEPTH, last_index + 1));
  const target = jsonPath(steps.slice(0, depth));
  const gathered = updates.get(target) ?? { rules: new Set(), update: {} };
  updates.set(target, gathered);
  gathered.rules.add(rule);
  let holder = gathered.update;
  for (const step of steps.slice(depth)) holder = memberOf(holder, String(step));
  for (const [key, value] of Object.entries(update)) setMember(holder, key, value);
}

/** The name of a member or the index of an item. */
type Step = string | number;

function stepsOf(root: unknown, { pointer }: Pick<Mend, 'pointer'>): Step[] {
  let value = root;
  return pointerParts(pointer).map((part) => {
    const step = Array.isArray(value) ? Number(part) : part;
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[part];
    return step;
  });
}

function memberOf(holder: Record<string, unknown>, name: string): Record<string, unknown> {
  const known = Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (isObject(known)) return known as Record<string, unknown>;
  const made = {};
  setMember(holder, name, made);
  return made;
}

/** Plain assignment would set the prototype where the name is `__proto__`. */
function setMember(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

/** What lies in something that goes anyway would select nothing. */
function outermost(removals: ReadonlyMap<string, string>): [string, string][] {
  return [...removals].filter(([pointer]) => !parentsOf(pointer).some((parent) => removals.has(parent)));
}

function parentsOf(pointer: string): string[] {
  const parents: string[] = [];
  for (let end = pointer.lastIndexOf('/'); end > 0; end = pointer.lastIndexOf('/', end - 1)) {
    parents.push(pointer.slice(0, end));
  }
  return parents;
}

/** `$.components.schemas.Order.properties['x-y'].allOf[0]` */
function jsonPath(steps: readonly Step[]): string {
  return `$${steps.map(selector).join('')}`;
}

/** What JSON escapes in a string, a selector in double quotes escapes in the same way (RFC 9535 section 2.3.1.1). */
function selector(step: Step): string {
  if (typeof step === 'number') return `[${step}]`;
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(step)) return `.${step}`;
  return /^[\w /.:;,+*(){}@~-]*$/.test(step) ? `['${step}']` : `[${JSON.stringify(step)}]`;
}
