/**
 * Media types (RFC 9110 section 8.3). Parameters are compared as a set. `charset=utf-8` says what every text here is
 * anyway, so it may be left out or added; another charset, and any parameter that is not declared, makes another type.
 */

export interface MediaType {
  /** Type and subtype, lower case. */
  readonly type: string;
  /** With its parameters, sorted, but without `charset=utf-8` and the boundary of a multipart type. */
  readonly text: string;
  /** Lower case; null where none is stated. */
  readonly charset: string | null;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const TYPE = new RegExp(`^(${TOKEN})/(${TOKEN})[ \\t]*`);
const PARAMETER = new RegExp(`;[ \\t]*(${TOKEN})=(?:(${TOKEN})|"((?:[\\t !#-\\[\\]-~]|\\\\[\\t -~])*)")[ \\t]*`, 'y');
const BARE = new RegExp(`^${TOKEN}$`);
const JSON_TYPE = /^application\/(?:json|[!#$&^_.+0-9a-z-]+\+json)$/;
const MAX_LENGTH = 256;
const MAX_PARAMETERS = 8;
const MAX_ACCEPT_LENGTH = 1024;

/** Null when malformed, when a parameter stands twice, or beyond 256 characters or 8 parameters. */
export function readMediaType(given: string): MediaType | null {
  const text = given.trim();
  const head = text.length > MAX_LENGTH ? null : TYPE.exec(text);
  if (!head) return null;
  const type = `${head[1]}/${head[2]}`.toLowerCase();
  const parameters = readParameters(text, head[0].length);
  if (!parameters) return null;
  const charset = parameters.get('charset')?.toLowerCase() ?? null;
  if (charset === 'utf-8') parameters.delete('charset');
  else if (charset !== null) parameters.set('charset', charset);
  if (type.startsWith('multipart/')) parameters.delete('boundary');
  return { type, text: [type, ...written(parameters)].join(';'), charset };
}

function readParameters(text: string, from: number): Map<string, string> | null {
  const parameters = new Map<string, string>();
  for (let at = from; at < text.length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(text);
    const name = found?.[1]?.toLowerCase();
    if (!found || name === undefined || parameters.has(name) || parameters.size === MAX_PARAMETERS) return null;
    parameters.set(name, found[2] ?? (found[3] as string).replace(/\\(.)/g, '$1'));
  }
  return parameters;
}

function written(parameters: ReadonlyMap<string, string>): string[] {
  return [...parameters]
    .map(([name, value]) => `${name}=${BARE.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`)
    .sort();
}

/** Type and subtype of one without parameters other than `charset=utf-8`; null of any other, and when malformed. */
export function parseMediaType(given: string): string | null {
  const media = readMediaType(given);
  return media && media.text === media.type ? media.type : null;
}

/** `application/json` or `application/*+json` (RFC 6839 section 3.1). */
export function isJsonMediaType(media_type: string): boolean {
  return JSON_TYPE.test(media_type);
}

/** `image/*` and the like. */
export function isMediaRange(media_type: string): boolean {
  return media_type.endsWith('/*');
}

/**
 * The entry which a Content-Type names: that of the same type and parameters, else the narrowest range.
 *
 * @returns null where there is none, 'charset' where only the stated charset stands against one
 */
export function matchContent<T extends { readonly media_type: string }>(
  content: readonly T[],
  content_type: string | undefined,
): T | 'charset' | null {
  if (content_type === undefined) return null;
  const only = content[0];
  if (only && content_type === only.media_type) return only;
  const stated = readMediaType(content_type);
  if (!stated || isMediaRange(stated.type)) return null;
  const same = content.find(({ media_type }) => media_type === stated.text);
  if (same) return same;
  if (stated.charset !== null && stated.charset !== 'utf-8') {
    const bare = stated.text.replace(`;charset=${stated.charset}`, '');
    return content.some(({ media_type }) => media_type === bare || covers(media_type, stated.type)) ? 'charset' : null;
  }
  // A parameter may change what the bytes mean, so a range takes none.
  if (stated.text !== stated.type) return null;
  const ranges = content.filter(({ media_type }) => covers(media_type, stated.type));
  return ranges.find(({ media_type }) => media_type !== '*/*') ?? ranges[0] ?? null;
}

function covers(range: string, type: string): boolean {
  return range === '*/*' || (isMediaRange(range) && type.startsWith(range.slice(0, -1)));
}

interface AcceptRange {
  readonly name: string;
  /** As written; null where none is. */
  readonly weight: string | null;
}

/**
 * Whether an Accept field admits one of the media types (RFC 9110 section 12.5.1). The most specific range that
 * matches a type decides; weights only matter when they are 0. A declared range is acceptable where some type of it is.
 */
export function accepts(accept: string | undefined, media_types: readonly string[]): boolean {
  if (accept === undefined || accept === '*/*' || media_types.length === 0) return true;
  if (accept.length > MAX_ACCEPT_LENGTH) return false;
  const ranges = accept.split(',').map(parseRange);
  return media_types.some((media_type) => rangeFor(ranges, media_type) !== null);
}

/**
 * The Accept field for the upstream: of the declared types of a success those the caller admits, with its weights, and
 * all others, since the caller has no say in how its errors are told.
 *
 * @param declared every declared type, as one Accept field
 * @param success_types of these, the types of the declared successes
 */
export function narrowAccept(accept: string | undefined, declared: string, success_types: readonly string[]): string {
  if (accept === undefined || accept === '*/*' || success_types.length < 2) return declared;
  const ranges = accept.split(',').map(parseRange);
  const admitted = success_types.flatMap((media_type) => {
    const range = rangeFor(ranges, media_type);
    return range === null ? [] : [range.weight === null ? media_type : `${media_type};q=${range.weight}`];
  });
  const others = declared.split(', ').filter((media_type) => !success_types.includes(media_type));
  return [...admitted, ...others].join(', ');
}

const UNWANTED = /^0(?:\.0{0,3})?$/;
const WEIGHT = /^q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;

/** The range that admits a type; null where none does. */
function rangeFor(ranges: readonly AcceptRange[], media_type: string): AcceptRange | null {
  const wanted = ({ weight }: AcceptRange) => weight === null || !UNWANTED.test(weight);
  const [type = ''] = media_type.split(';', 1);
  if (isMediaRange(type)) {
    return ranges.find((range) => wanted(range) && (covers(type, range.name) || covers(range.name, type))) ?? null;
  }
  const [main] = type.split('/');
  for (const name of [type, `${main}/*`, '*/*']) {
    const hit = ranges.filter((range) => range.name === name);
    if (hit.length > 0) return hit.find(wanted) ?? null;
  }
  return null;
}

function parseRange(text: string): AcceptRange {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.flatMap((parameter) => WEIGHT.exec(parameter)?.[1] ?? [])[0] ?? null;
  return { name, weight };
}
