import { isIpv6 } from './network.ts';

/**
 * URIs and IRIs. All run in linear time: no two alternatives of a repetition begin with the same character. Without
 * the flag `i`: beside `u` it takes U+017F for s and U+212A for k.
 */

const SCHEME = /^[a-z][0-9a-z+.-]*:/i;
const ENCODED = '%[0-9A-Fa-f]{2}';
/** `unreserved` and `sub-delims` (RFC 3986 section 2), as the inside of a class. */
const PLAIN = String.raw`0-9A-Za-z\-._~!$&'()*+,;=`;
/** `ucschar` and `iprivate` (RFC 3987 section 2.2). */
const BEYOND_ASCII = String.raw`\u{a0}-\u{d7ff}\u{f900}-\u{fdcf}\u{fdf0}-\u{ffef}\u{10000}-\u{efffd}`;
const PRIVATE = String.raw`\u{e000}-\u{f8ff}\u{f0000}-\u{ffffd}\u{100000}-\u{10fffd}`;

interface Grammar {
  readonly path: RegExp;
  readonly query: RegExp;
  readonly fragment: RegExp;
  readonly user: RegExp;
  readonly name: RegExp;
}

const URI = grammar('', '');
const IRI = grammar(BEYOND_ASCII, PRIVATE);

/** RFC 3986 section 3: with a scheme. */
export function isUri(text: string): boolean {
  return isAbsolute(text, URI);
}

/** RFC 3986 section 4.1: with or without a scheme. */
export function isUriReference(text: string): boolean {
  return isReference(text, URI);
}

/** RFC 3987 section 2.2: with a scheme. */
export function isIri(text: string): boolean {
  return isAbsolute(text, IRI);
}

/** RFC 3987 section 2.2: with or without a scheme. */
export function isIriReference(text: string): boolean {
  return isReference(text, IRI);
}

/** @param beyond what the inside of a class may hold beside ASCII, and in queries besides */
function grammar(beyond: string, inQuery: string): Grammar {
  const of = (inside: string) => new RegExp(`^(?:[${inside}]|${ENCODED})*$`, 'u');
  return {
    path: of(`${PLAIN}:@/${beyond}`),
    query: of(`${PLAIN}:@/?${beyond}${inQuery}`),
    fragment: of(`${PLAIN}:@/?${beyond}`),
    user: of(`${PLAIN}:${beyond}`),
    name: of(PLAIN + beyond),
  };
}

function isAbsolute(text: string, rules: Grammar): boolean {
  const scheme = SCHEME.exec(text);
  return scheme !== null && isRelativePart(text.slice(scheme[0].length), rules);
}

function isReference(text: string, rules: Grammar): boolean {
  if (isAbsolute(text, rules)) return true;
  const firstSegment = text.split(/[/?#]/, 1)[0] ?? '';
  return !firstSegment.includes(':') && isRelativePart(text, rules);
}

function isRelativePart(text: string, rules: Grammar): boolean {
  const hash = text.indexOf('#');
  const beforeFragment = hash < 0 ? text : text.slice(0, hash);
  if (hash >= 0 && !rules.fragment.test(text.slice(hash + 1))) return false;
  const question = beforeFragment.indexOf('?');
  const hierarchy = question < 0 ? beforeFragment : beforeFragment.slice(0, question);
  if (question >= 0 && !rules.query.test(beforeFragment.slice(question + 1))) return false;
  if (!hierarchy.startsWith('//')) return rules.path.test(hierarchy);
  const slash = hierarchy.indexOf('/', 2);
  const authority = slash < 0 ? hierarchy.slice(2) : hierarchy.slice(2, slash);
  return isAuthority(authority, rules) && (slash < 0 || rules.path.test(hierarchy.slice(slash)));
}

/** RFC 3986 section 3.2. */
function isAuthority(text: string, rules: Grammar): boolean {
  const at = text.indexOf('@');
  if (at >= 0 && !rules.user.test(text.slice(0, at))) return false;
  const host = text.slice(at + 1).replace(/:\d*$/, '');
  if (!host.startsWith('[')) return rules.name.test(host);
  const literal = host.endsWith(']') ? host.slice(1, -1) : '';
  return isIpv6(literal) || /^v[0-9a-f]+\.[0-9a-z\-._~!$&'()*+,;=:]+$/i.test(literal);
}

const VARIABLE = `(?:\\w|${ENCODED})(?:\\.?(?:\\w|${ENCODED}))*(?:\\*|:[1-9]\\d{0,3})?`;
const EXPRESSION = `\\{[+#./;?&=,!@|]?${VARIABLE}(?:,${VARIABLE})*\\}`;
const LITERAL = String.raw`[!#$&(-;=?-\[\]_a-z~\u{a0}-\u{10ffff}]`;
const TEMPLATE = new RegExp(`^(?:${LITERAL}|${ENCODED}|${EXPRESSION})*$`, 'u');

/** RFC 6570 section 2. */
export function isUriTemplate(text: string): boolean {
  return TEMPLATE.test(text);
}
