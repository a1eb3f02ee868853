import { BlockList, isIP } from 'node:net';

/** One address to connect to. */
export interface Address {
  /** Textual IPv4 or IPv6 address, without brackets or zone. */
  readonly address: string;
  readonly family: 4 | 6;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');

/** Addresses no service can stand on; connecting to 0.0.0.0 or :: would silently reach this very machine. */
const NEVER = new BlockList();
NEVER.addSubnet('0.0.0.0', 8, 'ipv4');
NEVER.addSubnet('224.0.0.0', 4, 'ipv4');
NEVER.addAddress('255.255.255.255', 'ipv4');
NEVER.addAddress('::', 'ipv6');
NEVER.addSubnet('ff00::', 8, 'ipv6');

/** The host as a literal address, or null when it is a name. Brackets of a URL's IPv6 host are accepted. */
export function literalAddress(host: string): Address | null {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  // A zone ("fe80::1%eth0") is a local matter and has no place in configuration that is shared.
  if (bare.includes('%')) return null;
  const family = isIP(bare);
  return family === 4 || family === 6 ? { address: bare, family } : null;
}

/**
 * True for 127.0.0.0/8 and ::1 given as a literal. A name is never loopback, whatever it resolves to, and
 * neither is an IPv4-mapped form: what may go in clear is decided by what is written, not by an answer.
 */
export function isLoopbackLiteral(host: string): boolean {
  const literal = literalAddress(host);
  if (literal === null) return false;
  return literal.family === 4 ? LOOPBACK.check(literal.address, 'ipv4') : literal.address === '::1';
}

/** False for the unspecified, multicast and broadcast addresses. */
export function isDialable(address: Address): boolean {
  return !NEVER.check(address.address, address.family === 4 ? 'ipv4' : 'ipv6');
}
