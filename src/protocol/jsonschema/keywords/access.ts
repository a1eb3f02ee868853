import { OBJECT, STRING } from '../../json/tape.ts';
import { payString } from '../cost.ts';
import { MAX_ESCAPED_BYTES } from '../names.ts';
import { type Check, HIDDEN } from '../run.ts';
import { allOf, type Scope } from '../scope.ts';
import { BINDINGS, type Binding, isObject, type SchemaObject } from '../types.ts';
import { readBoolean } from '../values.ts';
import { namesOf } from './names.ts';

/**
 * `readOnly` in requests is refused, `writeOnly` in responses left out (2020-12 validation 9.4, OpenAPI 3.0
 * 4.7.24: relevant for properties only). A root that is never sent out is refused.
 */
export function compileAccess(scope: Scope): Check | null {
  const readOnly = readBoolean(scope, 'readOnly') === true;
  const writeOnly = readBoolean(scope, 'writeOnly') === true;
  if (scope.options.direction === 'response') return writeOnly ? hide('writeOnly') : null;
  return readOnly ? (run, node) => node === 0 || run.fail(node, 'readOnly') : null;
}

/** `x-views: [names]`: what the caller may not see is judged like the rest, then left out. */
export function compileViews(scope: Scope): Check | null {
  const views = scope.schema['x-views'];
  if (views === undefined) return null;
  if (!Array.isArray(views) || views.length === 0 || !views.every((view) => typeof view === 'string' && view !== '')) {
    scope.fault('binding', 'x-views must be a list of at least one name', 'x-views');
    return null;
  }
  return scope.options.visible?.(views) === false ? hide('x-views') : null;
}

function hide(keyword: string): Check {
  return (run, node) => {
    if (node === 0) return run.fail(node, keyword);
    run.mark(node, HIDDEN);
    return true;
  };
}

/** `x-bind: principal.party` or `principal.machine`: the string must be the caller's own name. */
export function compileBinding(scope: Scope): Check | null {
  const binding = scope.schema['x-bind'];
  if (binding === undefined) return null;
  if (!isBinding(binding)) scope.fault('binding', `x-bind must be ${BINDINGS.join(' or ')}`, 'x-bind');
  else if (scope.options.bindable === false) scope.fault('binding', 'x-bind cannot stand here', 'x-bind');
  else if (!isStringSchema(scope)) scope.fault('binding', 'x-bind needs type string beside it', 'x-bind');
  else return boundCheck(binding);
  return null;
}

function boundCheck(binding: Binding): Check {
  return (run, node) => {
    const own = run.context.bindings?.[binding];
    const { tape } = run;
    if (own === undefined || tape.kind(node) !== STRING) return run.fail(node, 'x-bind');
    if (tape.end(node) - tape.start(node) - 2 > own.length * MAX_ESCAPED_BYTES) return run.fail(node, 'x-bind');
    payString(run, node);
    return tape.stringAt(node) === own || run.fail(node, 'x-bind');
  };
}

/** Absent optional properties with `x-bind` are filled in, in requests. */
export function compileFills(scope: Scope): Check | null {
  const { properties, required } = scope.schema;
  if (scope.options.direction !== 'request' || !isObject(properties)) return null;
  const names = Object.keys(properties).filter((name) => !(Array.isArray(required) && required.includes(name)));
  const fills = names.flatMap((name) => {
    const bindings = appliedWith(scope, properties[name]).map((schema) => schema['x-bind']);
    return [...new Set(bindings.filter(isBinding))].map((binding) => fillCheck(name, binding));
  });
  return fills.length === 0 ? null : allOf(fills);
}

function fillCheck(name: string, binding: Binding): Check {
  return (run, node) => {
    const { tape } = run;
    if (tape.kind(node) !== OBJECT || namesOf(run, node).has(name)) return true;
    const own = run.context.bindings?.[binding];
    return (own !== undefined && run.fill(node, name, own)) || run.fail(node, 'x-bind', name);
  };
}

function isStringSchema(scope: Scope): boolean {
  return appliedWith(scope, scope.schema).some((schema) => schema['type'] === 'string');
}

/** Whether a property never travels in this direction, so that `required` cannot ask for it. */
export function isNeverSent(scope: Scope, schema: unknown): boolean {
  const keyword = scope.options.direction === 'request' ? 'readOnly' : 'writeOnly';
  return appliedWith(scope, schema).some((applied) => applied[keyword] === true);
}

/** A schema and those that apply wherever it does, through `$ref` and `allOf`, each once. */
export function appliedWith(scope: Scope, schema: unknown): readonly SchemaObject[] {
  const found = new Set<SchemaObject>();
  const waiting: unknown[] = [schema];
  while (waiting.length > 0) {
    const next = waiting.shift();
    if (!isObject(next) || found.has(next)) continue;
    found.add(next);
    if ('$ref' in next) waiting.push(scope.dereference(next));
    if (Array.isArray(next['allOf'])) waiting.push(...next['allOf']);
  }
  return [...found];
}

function isBinding(value: unknown): value is Binding {
  return BINDINGS.some((binding) => binding === value);
}
