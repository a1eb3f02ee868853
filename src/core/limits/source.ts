/** Which budget a source address belongs to. */

import { isIPv4, isIPv6 } from 'node:net';

/** The key of everything that is not an address, such as the undefined of a socket that is already gone. */
export const UNKNOWN_SOURCE = 'unknown';

/**
 * The key a source address is counted by: an IPv4 address itself, also when it comes mapped into IPv6
 * (`::ffff:192.0.2.1`); of an IPv6 address its /64, the least a subscriber gets (RFC 6177), as `2001:db8:0:1::/64`.
 * A zone id (`%eth0`) is ignored.
 */
export function sourceKey(address: string | undefined): string {
  if (address === undefined) return UNKNOWN_SOURCE;
  if (isIPv4(address)) return address;
  const bare = address.split('%', 1)[0] ?? '';
  if (!isIPv6(bare)) return UNKNOWN_SOURCE;
  const groups = expand(bare);
  return (
    mappedIPv4(groups) ??
    `${groups
      .slice(0, 4)
      .map((group) => group.toString(16))
      .join(':')}::/64`
  );
}

/** The eight groups of a valid IPv6 address. */
function expand(address: string): number[] {
  const [head = '', tail] = address.split('::', 2);
  const [left, right] = [groupsOf(head), groupsOf(tail ?? '')];
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** RFC 4291, 2.5.5.2: 80 zero bits, 16 one bits, the IPv4 address. */
function mappedIPv4(groups: readonly number[]): string | null {
  const [, , , , , marker, high = 0, low = 0] = groups;
  if (marker !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return null;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
