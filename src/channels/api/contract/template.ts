/**
 * Path templates (OpenAPI "Path Templating") as lists of segments. A segment is fixed text, or one or more parameters
 * with fixed text around and between them. Fixed text is compared with the raw request path byte for byte, so it
 * must be written as it travels: percent-encoded where needed, and never for an unreserved character.
 */

export type Segment = StaticSegment | ParameterSegment | OpenSegment;

export interface StaticSegment {
  readonly kind: 'static';
  readonly text: string;
}

/** `{a}`, `v{a}.json`, `{a}-{b}`. */
export interface ParameterSegment {
  readonly kind: 'parameter';
  readonly names: readonly string[];
  /** Fixed text before, between and behind the parameters: one more than there are names. */
  readonly texts: readonly string[];
  /** Of each parameter, whether an encoded slash may stand in it. */
  readonly encoded: readonly boolean[];
}

/** A parameter that takes one or more whole segments, none of them empty; at most one in a template. */
export interface OpenSegment {
  readonly kind: 'open';
  readonly name: string;
}

export interface PathTemplate {
  /** `/orders/{id}` has two; a final slash is an empty static segment. */
  readonly segments: readonly Segment[];
}

/** What a path parameter may hold of slashes: `x-encoded-slash` and `x-multi-segment` say so. */
export type Slashes = 'none' | 'encoded' | 'segments';

/** pchar of RFC 3986 section 3.3 with triplets in upper case. */
const FIXED_TEXT = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})*$/;
/** Triplets that stand for an unreserved character, a slash, a backslash or a control: never canonical, or unsafe. */
const NEEDLESS_TRIPLET = /%(?:4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2[DEF]|5[CF]|7[EF]|[01][0-9A-F])/;
const BALANCED = /^[^{}]*(?:\{[^{}]+\}[^{}]*)*$/;

/**
 * @param slashesOf what each parameter may hold of slashes
 * @returns the template, or what is wrong with it as a sentence without a final stop
 */
export function parseTemplate(
  text: string,
  slashesOf: (name: string) => Slashes = () => 'none',
): PathTemplate | string {
  if (!text.startsWith('/')) return `the path '${text}' must begin with '/'`;
  const parts = text.slice(1).split('/');
  const segments: Segment[] = [];
  for (const [index, part] of parts.entries()) {
    if (part === '' && index < parts.length - 1) return `the path '${text}' has an empty segment`;
    const segment = parseSegment(part, slashesOf);
    if (typeof segment === 'string') return segment;
    segments.push(segment);
  }
  const names = segments.flatMap(namesOf);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) return `{${twice}} stands twice in the path`;
  const open = segments.filter(({ kind }) => kind === 'open').length;
  return open > 1
    ? `more than one parameter of '${text}' takes several segments: where one ends is not known`
    : { segments };
}

function parseSegment(part: string, slashesOf: (name: string) => Slashes): Segment | string {
  if (!BALANCED.test(part)) return `the segment '${part}' has unbalanced braces`;
  const pieces = part.split(/[{}]/);
  const texts = pieces.filter((_, index) => index % 2 === 0);
  const names = pieces.filter((_, index) => index % 2 === 1);
  if (texts.some((text) => !FIXED_TEXT.test(text) || NEEDLESS_TRIPLET.test(text))) {
    return `the segment '${part}' is not written as it travels: percent-encode what must be, in upper case, and nothing else`;
  }
  if (names.length === 0) {
    return part === '.' || part === '..' ? `the segment '${part}' is a dot segment` : { kind: 'static', text: part };
  }
  if (texts.slice(1, -1).includes('')) return `two parameters of '${part}' have no fixed text between them`;
  return parameterSegment(part, names, texts, names.map(slashesOf));
}

function parameterSegment(
  part: string,
  names: readonly string[],
  texts: readonly string[],
  slashes: readonly Slashes[],
): Segment | string {
  if (!slashes.includes('segments')) {
    return { kind: 'parameter', names, texts, encoded: slashes.map((word) => word === 'encoded') };
  }
  const [name] = names;
  if (part !== `{${name}}`) return `'${part}' takes several segments and must stand alone between slashes`;
  return { kind: 'open', name: name as string };
}

/** Names of the parameters, in the order of the path. */
export function parameterNames(template: PathTemplate): string[] {
  return template.segments.flatMap(namesOf);
}

function namesOf(segment: Segment): readonly string[] {
  if (segment.kind === 'static') return [];
  return segment.kind === 'open' ? [segment.name] : segment.names;
}
