/** One thing wrong with a message that was right; null where the operation leaves nothing to break. */
import type { Operation } from '../document.ts';
import type { Schema } from '../schema/facets.ts';
import type { Place } from '../schema/generate.ts';
import type { Direction } from '../schema/valid.ts';
import type { AnswerMessage, MadeBody, Messages, RequestMessage } from './messages.ts';

/** A name that no contract declares. */
const UNDECLARED = 'undeclaredMember';

const WRONG: Readonly<Record<string, unknown>> = {
  string: 'a word',
  integer: 7,
  number: 7.5,
  boolean: true,
  array: ['a word'],
  object: { [UNDECLARED]: 1 },
};

/**
 * The body with a member that nothing declares, in the outermost or the innermost object that is closed.
 *
 * @param trims the member is to be left out rather than refused: places where a schema itself refuses it and the
 *   untouched value chooses among branches do not count
 */
export function withUndeclared(
  messages: Messages,
  body: MadeBody | null,
  how: { readonly trims: boolean; readonly where: 'outermost' | 'innermost' },
): MadeBody | null {
  if (body === null || body.format !== 'json') return null;
  const { trims, where } = how;
  const inward = body.places.toSorted((left, right) => left.path.length - right.path.length);
  const place = (where === 'outermost' ? inward : inward.toReversed()).find(
    ({ closed, path, refuses, in_choice }) =>
      closed && isObject(at(body.value, path)) && !(in_choice && (refuses || !trims)) && !opensAbove(body.places, path),
  );
  if (place === undefined) return null;
  return messages.withValue(body, replaced(body.value, place.path, addMember));
}

/** The body with a value of a type that its schema does not take, as ajv says too. */
export function withWrongType(messages: Messages, body: MadeBody | null, direction: Direction): MadeBody | null {
  if (body === null || body.format !== 'json') return null;
  const schema = body.content.schema as Schema;
  for (const { path, types } of body.places) {
    if (types.length === 0) continue;
    for (const [type, wrong] of Object.entries(WRONG)) {
      if (types.includes(type) || (type === 'integer' && types.includes('number'))) continue;
      const value = replaced(body.value, path, () => wrong);
      if (!messages.instances.oracles[direction].accepts(schema, value)) return messages.withValue(body, value);
    }
  }
  return null;
}

/** Null where the operation takes query parameters that it does not name. */
export function withUndeclaredParameter(operation: Operation, request: RequestMessage): RequestMessage | null {
  const free = operation.parameters.some(({ in: place, style, explode, schema }) => {
    const extra = typeof schema === 'object' && (schema['additionalProperties'] ?? schema['type'] === 'object');
    return place === 'query' && style === 'form' && explode && extra;
  });
  return free ? null : { ...request, query: [...request.query, 'undeclared_parameter=1'] };
}

/** Null where the operation takes any type. */
export function withWrongMediaType(operation: Operation, request: RequestMessage): RequestMessage | null {
  const ranges = operation.body?.content.some(({ media_type }) => media_type.includes('*')) ?? true;
  if (request.body === null || ranges) return null;
  return { ...request, body: { ...request.body, content_type: 'application/x-undeclared' } };
}

/** Null where the operation declares all that can be sent. */
export function withUndeclaredStatus(operation: Operation, answer: AnswerMessage): AnswerMessage | null {
  const declared = operation.responses.map(({ status }) => status);
  const free = [299, 418, 508].find(
    (status) => !['default', String(status), `${String(status)[0]}XX`].some((word) => declared.includes(word)),
  );
  return free === undefined ? null : { ...answer, status: free };
}

type Path = Place['path'];

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], value);
}

function opensAbove(places: readonly Place[], path: Path): boolean {
  const isAbove = (above: Path) => above.length < path.length && above.every((step, index) => step === path[index]);
  return places.some((place) => place.opens && isAbove(place.path));
}

/** A copy with one place changed. */
function replaced(value: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? replaced(item, rest, change) : item));
  const members = Object.entries(value as object);
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === step ? replaced(member, rest, change) : member]),
  );
}

function addMember(value: unknown): unknown {
  return { ...(value as object), [UNDECLARED]: 'secret' };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
