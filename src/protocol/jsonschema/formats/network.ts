/** Formats of addresses and names. All run in linear time: no repetition can match what follows it. */

const LABEL = /^[0-9a-z](?:[0-9a-z-]*[0-9a-z])?$/i;
const LOCAL_PART = /^[0-9a-z!#$%&'*+/=?^_`{|}~-]+(?:\.[0-9a-z!#$%&'*+/=?^_`{|}~-]+)*$/i;
const OCTET = /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/;
const GROUP = /^[0-9a-f]{1,4}$/i;
const ENCODED = '%[0-9a-f]{2}';
const PCHAR = String.raw`[0-9a-z\-._~!$&'()*+,;=:@]`;

/** RFC 1123 section 2.1: labels of 1 to 63 characters, 253 in all. */
export function isHostname(text: string): boolean {
  if (text.length > 253) return false;
  return text.split('.').every((label) => label.length <= 63 && LABEL.test(label));
}

/** RFC 5321 section 4.1.2 without quoted local parts; address literals in the domain are allowed. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at > 64 || text.length > 254 || !LOCAL_PART.test(text.slice(0, at))) return false;
  const domain = text.slice(at + 1);
  if (!domain.startsWith('[') || !domain.endsWith(']')) return isHostname(domain);
  const literal = domain.slice(1, -1);
  return /^ipv6:/i.test(literal) ? isIpv6(literal.slice(5)) : isIpv4(literal);
}

/** Four decimal octets without leading zeros (RFC 2673 section 3.2). */
export function isIpv4(text: string): boolean {
  if (text.length > 15) return false;
  const octets = text.split('.');
  return octets.length === 4 && octets.every((octet) => OCTET.test(octet));
}

/** RFC 4291 section 2.2, without zone identifiers. */
export function isIpv6(text: string): boolean {
  if (text.length > 45) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const [left, right] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (left === undefined || left < 0 || (right !== undefined && right < 0)) return false;
  return right === undefined ? left === 8 : left + right <= 7;
}

/** Number of 16-bit groups in a colon-separated list, or -1; the last may be an IPv4 address. */
function groupsOf(half: string, last: boolean): number {
  if (half === '') return 0;
  const groups = half.split(':');
  const tail = groups.at(-1) ?? '';
  if (last && tail.includes('.')) {
    const rest = groups.slice(0, -1);
    return isIpv4(tail) && rest.every((group) => GROUP.test(group)) ? groups.length + 1 : -1;
  }
  return groups.every((group) => GROUP.test(group)) ? groups.length : -1;
}

const SCHEME = /^[a-z][0-9a-z+.-]*:/i;
const PATH = new RegExp(`^(?:${PCHAR}|/|${ENCODED})*$`, 'i');
const QUERY = new RegExp(`^(?:${PCHAR}|[/?]|${ENCODED})*$`, 'i');
const USER_INFO = new RegExp(String.raw`^(?:[0-9a-z\-._~!$&'()*+,;=:]|${ENCODED})*$`, 'i');
const REG_NAME = new RegExp(String.raw`^(?:[0-9a-z\-._~!$&'()*+,;=]|${ENCODED})*$`, 'i');

/** RFC 3986 section 3: with a scheme. */
export function isUri(text: string): boolean {
  const scheme = SCHEME.exec(text);
  return scheme !== null && isRelativePart(text.slice(scheme[0].length));
}

/** RFC 3986 section 4.1: with or without a scheme. */
export function isUriReference(text: string): boolean {
  if (isUri(text)) return true;
  const firstSegment = text.split(/[/?#]/, 1)[0] ?? '';
  return !firstSegment.includes(':') && isRelativePart(text);
}

function isRelativePart(text: string): boolean {
  const hash = text.indexOf('#');
  const beforeFragment = hash < 0 ? text : text.slice(0, hash);
  if (hash >= 0 && !QUERY.test(text.slice(hash + 1))) return false;
  const question = beforeFragment.indexOf('?');
  const hierarchy = question < 0 ? beforeFragment : beforeFragment.slice(0, question);
  if (question >= 0 && !QUERY.test(beforeFragment.slice(question + 1))) return false;
  if (!hierarchy.startsWith('//')) return PATH.test(hierarchy);
  const slash = hierarchy.indexOf('/', 2);
  const authority = slash < 0 ? hierarchy.slice(2) : hierarchy.slice(2, slash);
  return isAuthority(authority) && (slash < 0 || PATH.test(hierarchy.slice(slash)));
}

/** RFC 3986 section 3.2. */
function isAuthority(text: string): boolean {
  const at = text.indexOf('@');
  if (at >= 0 && !USER_INFO.test(text.slice(0, at))) return false;
  const host = text.slice(at + 1).replace(/:\d*$/, '');
  if (!host.startsWith('[')) return REG_NAME.test(host);
  const literal = host.endsWith(']') ? host.slice(1, -1) : '';
  return isIpv6(literal) || /^v[0-9a-f]+\.[0-9a-z\-._~!$&'()*+,;=:]+$/i.test(literal);
}
