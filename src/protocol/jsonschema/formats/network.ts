/** Formats of addresses and names. All run in linear time: no repetition can match what follows it. */

const LABEL = /^[0-9a-z](?:[0-9a-z-]*[0-9a-z])?$/i;
const LOCAL_PART = /^[0-9a-z!#$%&'*+/=?^_`{|}~-]+(?:\.[0-9a-z!#$%&'*+/=?^_`{|}~-]+)*$/i;
const OCTET = /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

/** RFC 1123 section 2.1: labels of 1 to 63 characters, 253 in all. */
export function isHostname(text: string): boolean {
  if (text.length > 253) return false;
  return text.split('.').every((label) => label.length <= 63 && LABEL.test(label));
}

/** RFC 6531 section 3.3: as `email`, with characters beyond ASCII in both parts. Labels are not held to IDNA. */
export function isIdnEmail(text: string): boolean {
  return isEmail(text.replaceAll(/[\u{80}-\u{10ffff}]/gu, 'x'));
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
