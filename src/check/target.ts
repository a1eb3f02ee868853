import { isIP } from 'node:net';

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
  /** Where it was written; null for the command line. */
  readonly place: Place | null;
}

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

const HTTPS_PORT = 443;
const PARTS = /^(?:https:\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?\/?$/;

/**
 * Reads `name`, `name:port`, `192.0.2.1:port`, `[2001:db8::1]:port` or `https://name[:port]/`; the port is 443 where none is named.
 *
 * @returns null where it is none of these
 */
export function parseTarget(text: string, place: Place | null = null): Target | null {
  if (isIP(text) === 6) return targetAt({ text, host: text, port: HTTPS_PORT, place });
  const [, bracketed, plain, digits] = PARTS.exec(text) ?? [];
  const host = (bracketed ?? plain)?.toLowerCase();
  if (host === undefined || (bracketed !== undefined && isIP(bracketed) !== 6)) return null;
  const port = digits === undefined ? HTTPS_PORT : Number(digits);
  return port >= 1 && port <= 65_535 && isHost(host) ? targetAt({ text, host, port, place }) : null;
}

/** A target that is what it says, and nothing else. */
function targetAt(written: Pick<Target, 'text' | 'host' | 'port' | 'place'>): Target {
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
