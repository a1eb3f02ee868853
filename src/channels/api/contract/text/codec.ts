import { decodePercent, encodePercent } from '../percent.ts';
import { refuse } from './refuse.ts';
import type { At } from './types.ts';

/** How text is written where it travels. Each decodes in one way or refuses; each encodes canonically. */
export interface Codec {
  decode(raw: string, at: At): string;
  encode(text: string): string;
}

/** Query parts. To some readers a plus sign is a blank, to others itself; %20 and %2B say which. */
export const QUERY: Codec = {
  decode(raw, at) {
    if (raw.includes('+')) refuse(at, 'plus');
    return decodePercent(raw) ?? refuse(at, 'encoding');
  },
  encode: encodePercent,
};

/**
 * Query parts with `allowReserved`: what delimits nothing in a query stays as it is. `&`, `=`, `+` and `#` would
 * delimit, `;` does to some servers, and brackets are no query characters of RFC 3986.
 */
export const RESERVED: Codec = {
  decode: QUERY.decode,
  encode: (text) => encodePercent(text).replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A)/g, decodeURIComponent),
};

/** Path segments. A slash or backslash inside one is a separator to a server that decodes first. */
export const SEGMENT: Codec = {
  decode(raw, at) {
    const text = decodePercent(raw);
    return text === null || text === '' || /[/\\]/.test(text) ? refuse(at, 'segment') : text;
  },
  encode: encodePercent,
};

/** Path segments that may hold encoded slashes, but nothing that is a path of its own to who decodes first. */
export const SLASHED: Codec = {
  decode(raw, at) {
    const text = decodePercent(raw);
    const sound = text !== null && !raw.includes('/') && !text.includes('\\');
    return sound && text.split('/').every((part) => !['', '.', '..'].includes(part)) ? text : refuse(at, 'segment');
  },
  encode: encodePercent,
};

/** Fields of a form, once blanks are all written `%20`. Text fields have lines, so breaks and tabs are text. */
export const FORM: Codec = {
  decode: (raw, at) => decodePercent(raw, true) ?? refuse(at, 'encoding'),
  encode: encodePercent,
};

/** cookie-octet of RFC 6265 section 4.1.1, which leaves nothing to encode or quote; commas delimit arrays. */
const COOKIE_TEXT = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/** Cookies are opaque: their octets are judged and forwarded as they are, percent signs included. */
export const COOKIE: Codec = {
  decode: (raw, at) => (COOKIE_TEXT.test(raw) ? raw : refuse(at, 'encoding')),
  encode: (text) => text,
};

/** Header fields are opaque too; their values have been held to RFC 9110 before they come here. */
export const HEADER: Codec = {
  decode: (raw) => raw,
  encode: (text) => text,
};
