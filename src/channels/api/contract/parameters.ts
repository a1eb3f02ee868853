import { Refusal } from '../../../core/errors/refusal.ts';
import type { Judging } from './judge-json.ts';
import { rebuildPath } from './path-parameters.ts';
import { decodePercent } from './percent.ts';
import { COOKIE, type Codec, QUERY, RESERVED } from './text/codec.ts';
import { collectPairs, type Pair, type PairSyntax } from './text/fields.ts';
import { takeHeader } from './text/header.ts';
import { judgeJsonText } from './text/json-value.ts';
import { judgeText } from './text/judge.ts';
import { refuse, refuseRepeated } from './text/refuse.ts';
import { takeField } from './text/take-field.ts';
import type { At, Parts } from './text/types.ts';
import type { Operation, Parameter } from './types.ts';

/** What a request brings, as received. */
export interface RawParameters {
  /** The texts captured by the matcher, percent-encoding untouched, in the order of the template. */
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
  /** Declared cookies are one `cookie` field. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * Holds path, query, header and cookie parameters to the contract and to the caller, and rebuilds them.
 *
 * Of header fields only the declared are looked at; the others are the caller's to drop. Cookies are looked at where
 * the operation declares one, and then all must be declared. A bound parameter must name the caller; where it is
 * optional and absent it is filled in.
 *
 * @throws Refusal VALIDATE_PARAMETER, VALIDATE_PARAMETER_MISSING, VALIDATE_PARAMETER_REPEATED,
 *   VALIDATE_PARAMETER_UNDECLARED, VALIDATE_BINDING
 */
export function checkParameters(operation: Operation, raw: RawParameters, context: Judging): RebuiltParameters {
  return {
    path: rebuildPath(operation, raw.path, context),
    query: rebuildQuery(operation, raw.query, context),
    headers: [...rebuildHeaders(operation, raw, context), ...rebuildCookies(operation, raw, context)],
  };
}

/** Pairs beyond these are not taken apart. */
const MAX_PAIRS = 512;

const QUERY_SYNTAX: PairSyntax = {
  between: '&',
  max_pairs: MAX_PAIRS,
  at: placeOf('query'),
  readName: (raw) => (raw.includes('+') ? null : decodePercent(raw)),
  undeclared: () => refuseUndeclared('query'),
};

function rebuildQuery({ parameters }: Operation, query: string, context: Judging): string {
  const given = collectPairs(query, parameters.query_names, QUERY_SYNTAX);
  return rebuildPairs(parameters.query.values(), given, '&', (field) => (field.reserved ? RESERVED : QUERY), context);
}

/**
 * RFC 6265 section 4.2.1: pairs with one blank between them, names that are tokens. A dollar sign in front makes
 * attributes of RFC 2965 of them for older servers, which then read quotes and commas.
 */
const COOKIE_SYNTAX: PairSyntax = {
  between: '; ',
  max_pairs: MAX_PAIRS,
  at: placeOf('cookie'),
  readName: (raw) => (/^(?!\$)[!#$%&'*+.^`|~\w-]+$/.test(raw) ? raw : null),
  undeclared: () => refuseUndeclared('cookie'),
};

function rebuildCookies({ parameters }: Operation, raw: RawParameters, context: Judging): [string, string][] {
  if (parameters.cookies.length === 0) return [];
  const field = raw.headers('cookie') ?? [];
  // HTTP/2 may split the field into crumbs (RFC 9113 section 8.2.3).
  const text = typeof field === 'string' ? field : field.join('; ');
  const given = collectPairs(text, parameters.cookie_names, COOKIE_SYNTAX);
  const cookies = rebuildPairs(parameters.cookies, given, '; ', cookieCodec, context);
  return cookies === '' ? [] : [['cookie', cookies]];
}

/** JSON holds quotes and commas, which no cookie may: such values are percent-encoded. */
function cookieCodec(parameter: Parameter): Codec {
  return parameter.media === 'json' ? QUERY : COOKIE;
}

function rebuildPairs(
  declared: Iterable<Parameter>,
  given: ReadonlyMap<Parameter, readonly Pair[]>,
  between: '&' | '; ',
  codecOf: (parameter: Parameter) => Codec,
  context: Judging,
): string {
  const rebuilt: string[] = [];
  for (const parameter of declared) {
    const pairs = given.get(parameter);
    const codec = codecOf(parameter);
    const text = pairs
      ? rebuildField(parameter, pairs, { codec, between }, context)
      : fill(parameter, context, (value) => `${codec.encode(parameter.name)}=${codec.encode(value)}`);
    if (text !== null) rebuilt.push(text);
  }
  return rebuilt.join(between);
}

function rebuildField(
  parameter: Parameter,
  pairs: readonly Pair[],
  writing: Parameters<typeof takeField>[2],
  context: Judging,
): string {
  const { parts, text } = takeField(parameter, pairs, writing);
  if (parts === null) return text;
  if (parameter.media === 'text') {
    judge(parameter, parts, context);
    return text;
  }
  const json = judgeJsonText(parameter, parts.whole as string, parameter.at, context);
  return `${writing.codec.encode(parameter.name)}=${writing.codec.encode(json)}`;
}

function rebuildHeaders({ parameters }: Operation, raw: RawParameters, context: Judging): [string, string][] {
  const rebuilt: [string, string][] = [];
  for (const parameter of parameters.headers) {
    const value = raw.headers(parameter.name);
    const text =
      value === undefined ? fill(parameter, context, (caller) => caller) : readHeader(parameter, value, context);
    if (text !== null) rebuilt.push([parameter.name, text]);
  }
  return rebuilt;
}

function readHeader(parameter: Parameter, value: string | readonly string[], context: Judging): string {
  const lines = typeof value === 'string' ? [value] : value;
  const listed = parameter.plan.array !== null || parameter.plan.object !== null;
  if (lines.length > 1 && !listed) refuseRepeated(parameter.at);
  const { parts, text } = takeHeader(lines, parameter);
  if (parameter.media === 'json') return judgeJsonText(parameter, text, parameter.at, context);
  judge(parameter, parts, context);
  return text;
}

/** Of the right type, within its schema, naming the caller where bound. */
function judge(parameter: Parameter, parts: Parts, context: Judging): void {
  judgeText(parameter, parts, parameter.at, context);
  if (parameter.binding !== null && parts.whole !== context.bindings[parameter.binding]) {
    throw new Refusal('VALIDATE_BINDING', { pointer: parameter.place, rule: 'x-bind' });
  }
}

/** What stands for an absent parameter: the caller where it is bound, otherwise nothing. */
function fill(parameter: Parameter, context: Judging, write: (value: string) => string): string | null {
  if (parameter.required)
    throw new Refusal('VALIDATE_PARAMETER_MISSING', { pointer: parameter.place, rule: 'required' });
  if (parameter.binding === null) return null;
  const caller = context.bindings[parameter.binding];
  judge(parameter, { whole: caller, items: null, members: null }, context);
  return write(caller);
}

function placeOf(place: string): At {
  return { code: 'VALIDATE_PARAMETER', repeated: 'VALIDATE_PARAMETER_REPEATED', place };
}

function refuseUndeclared(place: string): never {
  return refuse({ ...placeOf(place), code: 'VALIDATE_PARAMETER_UNDECLARED' }, 'undeclared');
}
