import { Refusal } from '../../../core/errors/refusal.ts';
import { pathFault } from '../hygiene/target.ts';
import { hasOneReading } from './capture.ts';
import type { Judging } from './judge-json.ts';
import { type Codec, SEGMENT, SLASHED } from './text/codec.ts';
import { judgeJsonText } from './text/json-value.ts';
import { judgeText } from './text/judge.ts';
import { refuse } from './text/refuse.ts';
import { delimiterOf } from './text/styles.ts';
import { takeApart } from './text/take-apart.ts';
import { leaf, type Parts, type Taken } from './text/types.ts';
import type { Operation, Parameter } from './types.ts';

/**
 * The path of a request written anew from its captures.
 *
 * @throws Refusal VALIDATE_PARAMETER, VALIDATE_BINDING
 */
export function rebuildPath(operation: Operation, captures: readonly string[], context: Judging): string {
  let path = '';
  let next = 0;
  for (const segment of operation.path.segments) {
    if (segment.kind === 'static') {
      path += `/${segment.text}`;
      continue;
    }
    const count = segment.kind === 'open' ? 1 : segment.names.length;
    const parameters = operation.parameters.path.slice(next, next + count);
    const values = parameters.map((parameter, i) => rebuildCapture(parameter, captures[next + i] ?? '', context));
    path += `/${segment.kind === 'open' ? values[0] : joinSegment(segment.texts, parameters, values)}`;
    next += count;
  }
  return path;
}

/**
 * The values of one segment between its fixed texts. Decoding may have brought to light what splits a segment, so
 * what is written must be read back in one way.
 */
function joinSegment(texts: readonly string[], parameters: readonly Parameter[], values: readonly string[]): string {
  let segment = texts[0] as string;
  let slashed = false;
  for (const [i, parameter] of parameters.entries()) {
    const value = values[i] as string;
    segment += value + (texts[i + 1] as string);
    slashed ||= parameter.slashes === 'encoded';
  }
  const last = parameters.at(-1) as Parameter;
  if (!hasOneReading(texts, segment, values)) refuse(last.at, 'segment');
  return guardSegment(last, segment, slashed);
}

/**
 * Whether a captured text could be a value of a parameter, bindings left aside: what decides between operations whose
 * templates both match.
 */
export function acceptsCapture(parameter: Parameter, raw: string): boolean {
  try {
    const { parts } = takeCapture(parameter, raw);
    if (parameter.media === 'json') judgeJsonText(parameter, parts.whole as string, parameter.at, undefined);
    else judgeText(parameter, parts, parameter.at, undefined);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return error.code === 'VALIDATE_BINDING';
    throw error;
  }
}

function rebuildCapture(parameter: Parameter, raw: string, context: Judging): string {
  const { parts, text } = takeCapture(parameter, raw);
  if (parameter.media === 'json') {
    return codecOf(parameter).encode(judgeJsonText(parameter, parts.whole as string, parameter.at, context));
  }
  judgeText(parameter, parts, parameter.at, context);
  if (parameter.binding !== null && parts.whole !== context.bindings[parameter.binding]) {
    throw new Refusal('VALIDATE_BINDING', { pointer: parameter.place, rule: 'x-bind' });
  }
  return text;
}

function takeCapture(parameter: Parameter, raw: string): Taken {
  if (parameter.slashes === 'segments') return takeSegments(parameter, raw);
  if (parameter.style === 'matrix') return takeMatrix(parameter, raw);
  if (parameter.style === 'simple') return take(parameter, raw);
  if (!raw.startsWith('.')) refuse(parameter.at, 'form');
  const { parts, text } = take(parameter, raw.slice(1));
  return { parts, text: `.${text}` };
}

/** Segments are decoded and written one by one: a slash between them is never one inside them. */
function takeSegments(parameter: Parameter, raw: string): Taken {
  const texts = raw.split('/').map((segment) => SEGMENT.decode(segment, parameter.at));
  const written = texts.map((text) => guardSegment(parameter, SEGMENT.encode(text), false));
  return { parts: leaf(texts.join('/')), text: written.join('/') };
}

/** `;color=blue`, `;color=blue,black`, and exploded `;color=blue;color=black` or `;R=100;G=200`. */
function takeMatrix(parameter: Parameter, raw: string): Taken {
  const { plan, at, name, explode } = parameter;
  if (!raw.startsWith(';')) refuse(at, 'form');
  const pairs = raw
    .slice(1)
    .split(';')
    .map((piece) => splitPair(parameter, piece));
  const own = pairs.every(([key]) => key === name);
  if (explode && (plan.array || plan.object)) return takeExploded(parameter, pairs, own);
  const [only, ...others] = pairs;
  if (!only || !own || others.length > 0) return refuse(at, 'form');
  const { parts, text } = take(parameter, only[1]);
  return { parts, text: `;${SEGMENT.encode(name)}=${text}` };
}

function takeExploded({ at }: Parameter, pairs: readonly (readonly [string, string])[], own: boolean): Taken {
  const values = pairs.map(([key, raw]) => [key, SEGMENT.decode(raw, at)] as const);
  const parts: Parts = {
    whole: own && values.length === 1 ? (values[0]?.[1] as string) : null,
    items: own ? values.map(([, text]) => leaf(text)) : null,
    members: values.map(([key, text]) => [key, leaf(text)]),
  };
  const text = values.map(([key, value]) => `;${SEGMENT.encode(key)}=${SEGMENT.encode(value)}`).join('');
  return { parts, text };
}

function splitPair({ at }: Parameter, piece: string): readonly [name: string, raw: string] {
  const equals = piece.indexOf('=');
  return equals < 1 ? refuse(at, 'form') : [SEGMENT.decode(piece.slice(0, equals), at), piece.slice(equals + 1)];
}

function take(parameter: Parameter, raw: string): Taken {
  const { style, explode, plan, at } = parameter;
  return takeApart(raw, plan, { between: delimiterOf(style, explode), explode }, codecOf(parameter), at);
}

function codecOf(parameter: Parameter): Codec {
  return parameter.slashes === 'encoded' ? SLASHED : SEGMENT;
}

/**
 * What is written canonically may read otherwise than what came: `%25%32%66` becomes `%252f`, and dots join the fixed
 * text around them. So the segment is held to what a path of a client is held to; a slash it may hold encoded must
 * not make it another path either.
 */
function guardSegment({ at }: Parameter, segment: string, slashed: boolean): string {
  if (pathFault(`/${segment}`, slashed) !== null) refuse(at, 'segment');
  return segment;
}
