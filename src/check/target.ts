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
  /** What serves there, as far as it was named. */
  readonly service: Service;
  /** Where it was written; null for the command line. */
  readonly place: Place | null;
}

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

interface Scheme {
  readonly port: number;
  readonly starttls: StarttlsProtocol | null;
}

/** Ports of IANA's registry. */
const SCHEMES = {
  https: { port: 443, starttls: null },
  smtps: { port: 465, starttls: null },
  imaps: { port: 993, starttls: null },
  pop3s: { port: 995, starttls: null },
  ldaps: { port: 636, starttls: null },
  ftps: { port: 990, starttls: null },
  smtp: { port: 25, starttls: 'smtp' },
  submission: { port: 587, starttls: 'smtp' },
  imap: { port: 143, starttls: 'imap' },
  pop3: { port: 110, starttls: 'pop3' },
  ftp: { port: 21, starttls: 'ftp' },
  ldap: { port: 389, starttls: 'ldap' },
  postgres: { port: 5432, starttls: 'postgres' },
  mysql: { port: 3306, starttls: 'mysql' },
  xmpp: { port: 5222, starttls: 'xmpp' },
  'xmpp-server': { port: 5269, starttls: 'xmpp-server' },
} as const satisfies Readonly<Record<string, Scheme>>;

/** A scheme that was written, `https` where none was, or a listener of a gate that its configuration names. */
export type Service = keyof typeof SCHEMES | 'gate';

const HTTPS = 'https';
const PARTS = /^(?:([a-z0-9-]+):\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?\/?$/;

/**
 * Reads `name`, `name:port`, `192.0.2.1:port`, `[2001:db8::1]:port` or `scheme://name[:port]/`. The scheme is `https` where
 * none is written, and the port is the one of the scheme where none is named.
 *
 * @returns null where it is none of these
 */
export function parseTarget(text: string, place: Place | null = null): Target | null {
  if (isIP(text) === 6) return targetAt({ text, host: text, service: HTTPS, ...SCHEMES[HTTPS], place });
  const [, service = HTTPS, bracketed, plain, digits] = PARTS.exec(text) ?? [];
  const host = (bracketed ?? plain)?.toLowerCase();
  if (!isScheme(service) || host === undefined || (bracketed !== undefined && isIP(bracketed) !== 6)) return null;
  const scheme = SCHEMES[service];
  const port = digits === undefined ? scheme.port : Number(digits);
  const is_sound = port >= 1 && port <= 65_535 && isHost(host);
  return is_sound ? targetAt({ text, host, service, ...scheme, port, place }) : null;
}

const isScheme = (name: string): name is keyof typeof SCHEMES => Object.hasOwn(SCHEMES, name);

/** HTTP may be spoken there: nothing else was named. */
export function mayServeHttp({ service }: Target): boolean {
  return service === HTTPS || service === 'gate';
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
