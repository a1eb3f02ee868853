import { isIP } from 'node:net';
import type { StarttlsProtocol } from '../protocol/starttls/index.ts';

/** Where a check looks. */
export interface Target {
  /** As its user wrote it. */
  readonly text: string;
  /** A name in lower case, or a literal address without brackets. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** What the certificate must carry, and SNI says: the host, unless a configuration names another. */
  readonly name: string;
  /** A literal address to connect to; null where the host says it. */
  readonly address: string | null;
  /** Roots the endpoint may be trusted by beside those of everybody, PEM. */
  readonly roots: readonly string[];
  /** The protocol that goes over to TLS there; null where TLS begins at once. */
  readonly starttls: StarttlsProtocol | null;
  /** HTTP may be spoken there: nothing else was named. */
  readonly http: boolean;
  /** Where it was written; null for the command line. */
  readonly place: Place | null;
}

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

type Scheme = Pick<Target, 'port' | 'starttls' | 'http'>;

/** Ports of IANA's registry. */
const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['https', { port: 443, starttls: null, http: true }],
  ['smtps', { port: 465, starttls: null, http: false }],
  ['imaps', { port: 993, starttls: null, http: false }],
  ['pop3s', { port: 995, starttls: null, http: false }],
  ['ldaps', { port: 636, starttls: null, http: false }],
  ['ftps', { port: 990, starttls: null, http: false }],
  ['smtp', { port: 25, starttls: 'smtp', http: false }],
  ['submission', { port: 587, starttls: 'smtp', http: false }],
  ['imap', { port: 143, starttls: 'imap', http: false }],
  ['pop3', { port: 110, starttls: 'pop3', http: false }],
  ['ftp', { port: 21, starttls: 'ftp', http: false }],
  ['ldap', { port: 389, starttls: 'ldap', http: false }],
  ['postgres', { port: 5432, starttls: 'postgres', http: false }],
  ['mysql', { port: 3306, starttls: 'mysql', http: false }],
  ['xmpp', { port: 5222, starttls: 'xmpp', http: false }],
  ['xmpp-server', { port: 5269, starttls: 'xmpp-server', http: false }],
]);

const HTTPS = 'https';
const PARTS = /^(?:([a-z0-9-]+):\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?\/?$/;

/**
 * Reads `name`, `name:port`, `192.0.2.1:port`, `[2001:db8::1]:port` or `scheme://name[:port]/`. The scheme is `https` where
 * none is written, and the port is the one of the scheme where none is named.
 *
 * @returns null where it is none of these
 */
export function parseTarget(text: string, place: Place | null = null): Target | null {
  const https = SCHEMES.get(HTTPS)!;
  if (isIP(text) === 6) return targetAt({ text, host: text, ...https, place });
  const [, name = HTTPS, bracketed, plain, digits] = PARTS.exec(text) ?? [];
  const scheme = SCHEMES.get(name);
  const host = (bracketed ?? plain)?.toLowerCase();
  if (scheme === undefined || host === undefined || (bracketed !== undefined && isIP(bracketed) !== 6)) return null;
  const port = digits === undefined ? scheme.port : Number(digits);
  const is_sound = port >= 1 && port <= 65_535 && isHost(host);
  return is_sound ? targetAt({ text, host, ...scheme, port, place }) : null;
}

/** A target that is what it says, and nothing else. */
function targetAt(written: Omit<Target, 'name' | 'address' | 'roots'>): Target {
  return { ...written, name: written.host, address: null, roots: [] };
}

/** What looks like an address is one; names have labels of 1 to 63 characters (RFC 1123 section 2.1), and SNI takes 255. */
function isHost(host: string): boolean {
  if (isIP(host) !== 0) return true;
  if (host.length > 253 || /^[0-9.]+$/.test(host)) return false;
  return host
    .replace(/\.$/, '')
    .split('.')
    .every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));
}
