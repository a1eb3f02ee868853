import { captureSegment } from './capture.ts';
import { acceptsCapture } from './path-parameters.ts';
import { encodePercent } from './percent.ts';
import type { ParameterSegment, PathTemplate, Segment } from './template.ts';
import type { Operation, Parameter } from './types.ts';

/** An operation and the whole path it is found under. */
export interface Route {
  readonly operation: Operation;
  readonly template: PathTemplate;
}

/**
 * Whether path parameters keep two templates apart that share paths: some segment of the one can be no value of the
 * parameters that stand there in the other. `comments` is no integer; neither is any of a list of words. Looked at
 * where both templates have a segment of their own, counted from the start and from the end.
 */
export function areKeptApart(a: Route, b: Route): boolean {
  return opposites(a.template.segments, b.template.segments).some(([own, their]) => {
    const [some, others] = [textsOf(a, own), textsOf(b, their)];
    return some?.every((text) => !accepts(b, their, text)) || others?.every((text) => !accepts(a, own, text));
  });
}

/** Pairs of segments that hold the same part of every shared path. */
function opposites(own: readonly Segment[], their: readonly Segment[]): [Segment, Segment][] {
  const before = Math.min(openAt(own), openAt(their));
  const behind = Math.min(tailOf(own), tailOf(their));
  const heads = own.slice(0, before).map((segment, index) => [segment, their[index]] as [Segment, Segment]);
  const tails = own.slice(own.length - behind).map((segment, index) => [segment, their[their.length - behind + index]]);
  return [...heads, ...(tails as [Segment, Segment][])];
}

/** Where the open segment stands; behind everything where there is none. */
function openAt(segments: readonly Segment[]): number {
  const at = segments.findIndex(({ kind }) => kind === 'open');
  return at < 0 ? segments.length : at;
}

/** How many segments stand behind the open one; all where there is none. */
function tailOf(segments: readonly Segment[]): number {
  const at = openAt(segments);
  return at < segments.length ? segments.length - 1 - at : at;
}

/** All texts a segment may be, up to encoding; null where they cannot be listed. */
function textsOf(route: Route, segment: Segment): readonly string[] | null {
  if (segment.kind === 'static') return [segment.text];
  if (segment.kind === 'open' || segment.names.length > 1) return null;
  const [prefix, suffix] = segment.texts;
  return parameterOf(route, segment, 0)?.words?.map((word) => `${prefix}${encodePercent(word)}${suffix}`) ?? null;
}

function accepts(route: Route, segment: Segment, text: string): boolean {
  if (segment.kind !== 'parameter') return segment.kind === 'open' || segment.text === text;
  const captures = captureSegment(segment, text);
  return (
    captures?.every((capture, index) => {
      const parameter = parameterOf(route, segment, index);
      return parameter === undefined || acceptsCapture(parameter, capture);
    }) ?? false
  );
}

function parameterOf({ operation }: Route, { names }: ParameterSegment, index: number): Parameter | undefined {
  return operation.parameters.path.find(({ name }) => name === names[index]);
}
