import { Refusal } from '../../../core/errors/index.ts';

/** What a request and its connection say about the name that is called; null where nothing was said. */
export interface AuthorityClaims {
  /** Host field (HTTP/1.1) or `host` beside `:authority` (HTTP/2). */
  readonly host: string | null;
  /** `:authority` (HTTP/2) or the authority of an absolute-form target (HTTP/1.1). */
  readonly authority: string | null;
  /** server_name of the ClientHello. */
  readonly sni: string | null;
}

/** Claims and the host they agree on: nothing else decides about it on one connection. */
export interface AgreedHost {
  readonly claims: AuthorityClaims;
  readonly host: string;
}

/** Whether nothing is claimed that was not claimed before. */
export function claimsAgain({ claims }: AgreedHost, { host, authority, sni }: AuthorityClaims): boolean {
  return claims.host === host && claims.authority === authority && claims.sni === sni;
}

const MAX_PORT = 65_535;

/** `host[:port]` of RFC 3986 section 3.2, without userinfo. */
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._]+)(?::([0-9]{1,5}))?$/;

/**
 * All claims must name the same host, and this listener must serve it.
 *
 * @param served lower-case names and literal addresses of the listener
 * @returns the host name, lower case, without port
 * @throws Refusal ADMIT_HOST where it is missing or malformed, ADMIT_MISDIRECTED (421) where claims differ
 */
export function agreeOnHost(claims: AuthorityClaims, served: ReadonlySet<string>): string {
  const stated = claims.authority ?? claims.host;
  if (stated === null) throw new Refusal('ADMIT_HOST', { reason: 'missing' });
  if (
    claims.authority !== null &&
    claims.host !== null &&
    claims.authority.toLowerCase() !== claims.host.toLowerCase()
  ) {
    throw new Refusal('ADMIT_MISDIRECTED', { reason: 'host differs from target' });
  }
  const match = AUTHORITY.exec(stated);
  if (!match || Number(match[2] ?? 0) > MAX_PORT) throw new Refusal('ADMIT_HOST', { reason: 'not an authority' });
  const name = match[1]!.toLowerCase();
  const host = name.startsWith('[') ? name.slice(1, -1) : name;
  if (claims.sni !== null && claims.sni.toLowerCase() !== host) {
    throw new Refusal('ADMIT_MISDIRECTED', { reason: 'host differs from SNI' });
  }
  if (!served.has(host)) throw new Refusal('ADMIT_MISDIRECTED', { reason: 'name not served' });
  return host;
}
