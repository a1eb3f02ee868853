import type { GeneralName, NameConstraints } from './asn1.ts';
import type { SubjectNames } from './names.ts';

/** One side (permitted or excluded) of a name constraint. */
interface Subtrees {
  readonly dns: readonly string[];
  readonly uri: readonly string[];
  readonly address: boolean;
  readonly mail: boolean;
}

/**
 * Name constraints of an issuer (RFC 5280 section 4.2.1.10). DNS and URI constraints are evaluated. Under a
 * constraint on addresses or mail, any name of that kind is a violation, for such names identify nobody
 * here. Every other kind (directory names above all) cannot be enforced, so nothing passes under it.
 */
export interface Constraints {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
  readonly unenforceable: boolean;
}

/**
 * An empty list could be read as "nothing is permitted" or as no constraint at all. A minimum or maximum has a meaning
 * in X.509 and none in RFC 5280, so nothing passes under one.
 *
 * @throws Error where a list, or the whole, is empty
 */
export function readConstraints({ permittedSubtrees, excludedSubtrees }: NameConstraints): Constraints {
  const lists = [permittedSubtrees, excludedSubtrees].filter((list) => list !== undefined);
  if (lists.length === 0 || lists.some((list) => list.length === 0)) throw new Error('empty name constraints');
  const bases = (list: NameConstraints['permittedSubtrees']) => [...(list ?? [])].map(({ base }) => base);
  const distances = lists
    .flatMap((list) => [...list])
    .some(({ minimum, maximum }) => minimum !== 0 || maximum !== undefined);
  const permitted = bases(permittedSubtrees);
  const excluded = bases(excludedSubtrees);
  return {
    permitted: readSubtrees(permitted),
    excluded: readSubtrees(excluded),
    unenforceable: distances || [...permitted, ...excluded].some((base) => !isKnownKind(base)),
  };
}

function isKnownKind(base: GeneralName): boolean {
  return [base.dNSName, base.uniformResourceIdentifier, base.iPAddress, base.rfc822Name].some(
    (value) => value !== undefined,
  );
}

function readSubtrees(bases: readonly GeneralName[]): Subtrees {
  const texts = (values: (string | undefined)[]) =>
    values.filter((value) => value !== undefined).map((value) => value.toLowerCase());
  return {
    dns: texts(bases.map((base) => base.dNSName)),
    uri: texts(bases.map((base) => base.uniformResourceIdentifier)),
    address: bases.some((base) => base.iPAddress !== undefined),
    mail: bases.some((base) => base.rfc822Name !== undefined),
  };
}

/** @param subject the subject of the certificate as text, one attribute a line */
export function satisfiesConstraints(names: SubjectNames, subject: string, constraints: Constraints): boolean {
  const { permitted, excluded } = constraints;
  if (constraints.unenforceable) return false;
  if ((permitted.address || excluded.address) && names.has_addresses) return false;
  const has_mail = names.has_mail || subject.includes('emailAddress=');
  if ((permitted.mail || excluded.mail) && has_mail) return false;
  return (
    names.dns_names.every((name) => allowed(name, permitted.dns, excluded.dns, dnsWithin)) &&
    names.uris.every((uri) => uriAllowed(uri, permitted.uri, excluded.uri))
  );
}

function allowed(
  name: string,
  permitted: readonly string[],
  excluded: readonly string[],
  within: (name: string, base: string) => boolean,
): boolean {
  if (excluded.some((base) => within(name, base))) return false;
  return permitted.length === 0 || permitted.some((base) => within(name, base));
}

/** Zero or more labels added on the left. A leading dot (not in the RFC, used by many) asks for one or more. */
function dnsWithin(name: string, base: string): boolean {
  if (base === '' || name === base) return true;
  return name.endsWith(base.startsWith('.') ? base : `.${base}`);
}

/** The constraint is on the host of the authority; a URI without a host name cannot satisfy one. */
function uriAllowed(uri: string, permitted: readonly string[], excluded: readonly string[]): boolean {
  if (permitted.length === 0 && excluded.length === 0) return true;
  const host = uriHost(uri);
  return host !== null && allowed(host, permitted, excluded, uriHostWithin);
}

/** A base with a leading dot names the subdomains, any other one host. */
function uriHostWithin(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base) && host.length > base.length : host === base;
}

/** RFC 3986 section 3.2, host names only: no user information, no IP literal, no escapes. */
function uriHost(uri: string): string | null {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::[0-9]*)?(?:[/?#]|$)/i.exec(uri);
  const host = match?.[1]?.toLowerCase();
  if (host === undefined || /^[0-9]+(\.[0-9]+){3}$/.test(host)) return null;
  return host;
}
