import { Refusal } from '../../../core/errors/refusal.ts';
import { pathFault } from '../hygiene/target.ts';
import { readFieldValue } from './header-values.ts';
import { decodePercent, encodePercent } from './percent.ts';
import { checkText } from './scalar.ts';
import type { Bindings, Operation, Parameter } from './types.ts';

/** What a request brings, as received. */
export interface RawParameters {
  /** The segments captured by the matcher, percent-encoding untouched, in the order of the template. */
  readonly path: readonly string[];
  /** Without the question mark; '' where there is none. */
  readonly query: string;
  /** By lower-case name; an array where the field is repeated. */
  headers(name: string): string | readonly string[] | undefined;
}

/** The request rebuilt from what was read, so that the upstream cannot read anything else. */
export interface RebuiltParameters {
  /** The operation's path without the prefix of the api: `/orders/42`. */
  readonly path: string;
  /** Canonical and in the order of the contract, without the question mark; '' where there is none. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A query longer than this many parts is not taken apart. */
const MAX_QUERY_PARTS = 512;

/**
 * Holds path, query and header parameters to the contract and to the caller, and rebuilds them.
 *
 * Of header fields only the declared are looked at; the others are the caller's to drop. A bound parameter must
 * name the caller; where it is optional and absent it is filled in.
 *
 * @throws Refusal VALIDATE_PARAMETER, VALIDATE_PARAMETER_MISSING, VALIDATE_PARAMETER_REPEATED,
 *   VALIDATE_PARAMETER_UNDECLARED, VALIDATE_BINDING
 */
export function checkParameters(operation: Operation, raw: RawParameters, bindings: Bindings): RebuiltParameters {
  return {
    path: rebuildPath(operation, raw.path, bindings),
    query: rebuildQuery(operation, raw.query, bindings),
    headers: rebuildHeaders(operation, raw, bindings),
  };
}

function rebuildPath(operation: Operation, captures: readonly string[], bindings: Bindings): string {
  let path = '';
  let next = 0;
  for (const segment of operation.path.segments) {
    if (segment.kind === 'static') {
      path += `/${segment.text}`;
      continue;
    }
    const parameter = operation.parameters.path[next] as Parameter;
    const text = rebuildCapture(parameter, captures[next] ?? '', bindings);
    path += `/${guardSegment(parameter, segment.prefix + text + segment.suffix)}`;
    next++;
  }
  return path;
}

function rebuildCapture(parameter: Parameter, raw: string, bindings: Bindings): string {
  const texts = (parameter.array ? raw.split(',') : [raw]).map((part) => {
    const text = decodePercent(part);
    // A slash or backslash inside a segment is a separator to a server that decodes first.
    if (text === null || text === '' || /[/\\]/.test(text)) throw broken(parameter, 'segment');
    return text;
  });
  return judge(parameter, texts, bindings).map(encodePercent).join(',');
}

/**
 * What is written canonically may read otherwise than what came: `%25%32%66` becomes `%252f`, and dots join the fixed
 * text around them. So the segment is held to what a path of a client is held to.
 */
function guardSegment(parameter: Parameter, segment: string): string {
  if (pathFault(`/${segment}`) !== null) throw broken(parameter, 'segment');
  return segment;
}

function rebuildQuery(operation: Operation, query: string, bindings: Bindings): string {
  const declared = operation.parameters.query;
  const given = query === '' ? new Map<string, string[]>() : splitQuery(query, declared);
  const parts: string[] = [];
  for (const parameter of declared.values()) {
    const raw = given.get(parameter.name);
    const texts = raw ? judge(parameter, readQueryValues(parameter, raw), bindings) : fill(parameter, bindings);
    if (texts.length > 0) parts.push(writeQuery(parameter, texts));
  }
  return parts.join('&');
}

/** Raw values by decoded name. Nothing is skipped: an empty part or one without `=` has no agreed reading. */
function splitQuery(query: string, declared: ReadonlyMap<string, Parameter>): Map<string, string[]> {
  const given = new Map<string, string[]>();
  const parts = query.split('&', MAX_QUERY_PARTS + 1);
  if (parts.length > MAX_QUERY_PARTS) throw new Refusal('VALIDATE_PARAMETER', { pointer: 'query', rule: 'parts' });
  for (const part of parts) {
    const equals = part.indexOf('=');
    if (equals < 1) throw new Refusal('VALIDATE_PARAMETER', { pointer: 'query', rule: 'form' });
    const raw_name = part.slice(0, equals);
    const name = raw_name.includes('+') ? null : decodePercent(raw_name);
    if (name === null) throw new Refusal('VALIDATE_PARAMETER', { pointer: 'query', rule: 'encoding' });
    const parameter = declared.get(name);
    if (!parameter) throw new Refusal('VALIDATE_PARAMETER_UNDECLARED', { pointer: 'query', rule: 'undeclared' });
    const values = given.get(name);
    if (!values) given.set(name, [part.slice(equals + 1)]);
    else if (parameter.array && parameter.explode) values.push(part.slice(equals + 1));
    else throw new Refusal('VALIDATE_PARAMETER_REPEATED', { pointer: parameter.place, rule: 'repeated' });
  }
  return given;
}

function readQueryValues(parameter: Parameter, raw: readonly string[]): string[] {
  const parts = parameter.array && !parameter.explode ? (raw[0] as string).split(',') : raw;
  return parts.map((part) => {
    // To some readers a plus sign is a blank, to others itself; %20 and %2B say which.
    if (part.includes('+')) throw broken(parameter, 'plus');
    return decodePercent(part) ?? refuseEncoding(parameter);
  });
}

function writeQuery(parameter: Parameter, texts: readonly string[]): string {
  const name = encodePercent(parameter.name);
  if (parameter.array && parameter.explode) return texts.map((text) => `${name}=${encodePercent(text)}`).join('&');
  return `${name}=${texts.map(encodePercent).join(',')}`;
}

function rebuildHeaders(operation: Operation, raw: RawParameters, bindings: Bindings): [string, string][] {
  const rebuilt: [string, string][] = [];
  for (const parameter of operation.parameters.headers) {
    const value = raw.headers(parameter.name);
    const texts =
      value === undefined ? fill(parameter, bindings) : judge(parameter, readHeader(parameter, value), bindings);
    if (texts.length > 0) rebuilt.push([parameter.name, texts.join(',')]);
  }
  return rebuilt;
}

function readHeader(parameter: Parameter, value: string | readonly string[]): string[] {
  const lines = typeof value === 'string' ? [value] : value;
  if (lines.length > 1 && !parameter.array) {
    throw new Refusal('VALIDATE_PARAMETER_REPEATED', { pointer: parameter.place, rule: 'repeated' });
  }
  return readFieldValue(lines, parameter.array) ?? refuseEncoding(parameter);
}

/** The texts of a value that is right: of its type, within its schema, naming the caller where bound. */
function judge(parameter: Parameter, texts: string[], bindings: Bindings): string[] {
  checkText(parameter, texts, { code: 'VALIDATE_PARAMETER', place: parameter.place }, bindings);
  if (parameter.binding !== null && texts[0] !== bindings[parameter.binding]) {
    throw new Refusal('VALIDATE_BINDING', { pointer: parameter.place, rule: 'x-bind' });
  }
  return texts;
}

/** What stands for an absent parameter: the caller where it is bound, otherwise nothing. */
function fill(parameter: Parameter, bindings: Bindings): string[] {
  if (parameter.required)
    throw new Refusal('VALIDATE_PARAMETER_MISSING', { pointer: parameter.place, rule: 'required' });
  return parameter.binding === null ? [] : judge(parameter, [bindings[parameter.binding]], bindings);
}

function broken(parameter: Parameter, rule: string): Refusal {
  return new Refusal('VALIDATE_PARAMETER', { pointer: parameter.place, rule });
}

function refuseEncoding(parameter: Parameter): never {
  throw broken(parameter, 'encoding');
}
