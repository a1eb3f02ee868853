/**
 * Media types (RFC 9110 section 8.3) as far as contracts of JSON need them. The only parameter with a meaning
 * here is `charset`, and JSON has one: UTF-8. Any other parameter makes the type undeclared.
 */

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const MEDIA_TYPE = new RegExp(`^(${TOKEN}/${TOKEN})(?:[ \\t]*;[ \\t]*charset=(?:utf-8|"utf-8"))?$`, 'i');
const JSON_TYPE = /^application\/(?:json|[!#$&^_.+0-9a-z-]+\+json)$/;
const MAX_LENGTH = 256;
const MAX_ACCEPT_LENGTH = 1024;

/** Lower case and without parameters; null when malformed or with a parameter other than charset=utf-8. */
export function parseMediaType(text: string): string | null {
  if (text.length > MAX_LENGTH) return null;
  return MEDIA_TYPE.exec(text.trim())?.[1]?.toLowerCase() ?? null;
}

/** `application/json` or `application/*+json` (RFC 6839 section 3.1). */
export function isJsonMediaType(media_type: string): boolean {
  return JSON_TYPE.test(media_type);
}

/** The entry which a Content-Type names; null where there is none. */
export function matchContent<T extends { readonly media_type: string }>(
  content: readonly T[],
  content_type: string | undefined,
): T | null {
  if (content_type === undefined) return null;
  const only = content[0];
  if (only && content_type === only.media_type) return only;
  const media_type = parseMediaType(content_type);
  return (media_type !== null && content.find((entry) => entry.media_type === media_type)) || null;
}

/**
 * Whether an Accept field admits one of the media types (RFC 9110 section 12.5.1). The most specific range that
 * matches a type decides; weights only matter when they are 0.
 */
export function accepts(accept: string | undefined, media_types: readonly string[]): boolean {
  if (accept === undefined || accept === '*/*' || media_types.length === 0) return true;
  if (accept.length > MAX_ACCEPT_LENGTH) return false;
  const ranges = accept.split(',').map(parseRange);
  return media_types.some((type) => {
    const [main] = type.split('/');
    for (const wanted of [type, `${main}/*`, '*/*']) {
      const hit = ranges.filter((range) => range.name === wanted);
      if (hit.length > 0) return hit.some((range) => range.weighted);
    }
    return false;
  });
}

function parseRange(text: string): { name: string; weighted: boolean } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  return { name, weighted: !parameters.some((parameter) => /^q=0(?:\.0{0,3})?$/.test(parameter)) };
}
