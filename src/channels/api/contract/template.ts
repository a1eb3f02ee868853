/**
 * Path templates (OpenAPI "Path Templating") as lists of segments. A segment is fixed text, or one parameter
 * with fixed text before and after it. Fixed text is compared with the raw request path byte for byte, so it
 * must be written as it travels: percent-encoded where needed, and never for an unreserved character.
 */

export type Segment = StaticSegment | ParameterSegment;

export interface StaticSegment {
  readonly kind: 'static';
  readonly text: string;
}

export interface ParameterSegment {
  readonly kind: 'parameter';
  readonly name: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface PathTemplate {
  /** `/orders/{id}` has two; a final slash is an empty static segment. */
  readonly segments: readonly Segment[];
}

/** pchar of RFC 3986 section 3.3 with triplets in upper case. */
const FIXED_TEXT = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})*$/;
/** Triplets that stand for an unreserved character, a slash, a backslash or a control: never canonical, or unsafe. */
const NEEDLESS_TRIPLET = /%(?:4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2[DEF]|5[CF]|7[EF]|[01][0-9A-F])/;

/** @returns the template, or what is wrong with it as a sentence without a final stop. */
export function parseTemplate(text: string): PathTemplate | string {
  if (!text.startsWith('/')) return `the path '${text}' must begin with '/'`;
  const parts = text.slice(1).split('/');
  const segments: Segment[] = [];
  const names = new Set<string>();
  for (const [index, part] of parts.entries()) {
    if (part === '' && index < parts.length - 1) return `the path '${text}' has an empty segment`;
    const segment = parseSegment(part);
    if (typeof segment === 'string') return segment;
    if (segment.kind === 'parameter' && names.has(segment.name)) return `{${segment.name}} stands twice in the path`;
    if (segment.kind === 'parameter') names.add(segment.name);
    segments.push(segment);
  }
  return { segments };
}

function parseSegment(part: string): Segment | string {
  const [prefix = '', ...placeholders] = part.split('{');
  if (placeholders.length > 1) return `the segment '${part}' holds more than one parameter`;
  const [name, suffix, ...rest] = placeholders[0]?.split('}') ?? [];
  if (placeholders.length === 1 && (!name || suffix === undefined || rest.length > 0)) {
    return `the segment '${part}' has unbalanced braces`;
  }
  const fixed = [prefix, suffix ?? ''];
  if (fixed.some((text) => !FIXED_TEXT.test(text) || NEEDLESS_TRIPLET.test(text))) {
    return `the segment '${part}' is not written as it travels: percent-encode what must be, in upper case, and nothing else`;
  }
  if (name === undefined) {
    return part === '.' || part === '..' ? `the segment '${part}' is a dot segment` : { kind: 'static', text: part };
  }
  return { kind: 'parameter', name, prefix, suffix: suffix as string };
}

/** Names of the parameters, in the order of the path. */
export function parameterNames(template: PathTemplate): string[] {
  return template.segments.flatMap((segment) => (segment.kind === 'parameter' ? [segment.name] : []));
}
