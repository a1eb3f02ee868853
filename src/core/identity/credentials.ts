/** One way a machine proves itself by certificate: a name under a trust, or one certificate. */
export type Credential =
  | { readonly trust: string; readonly uri: string }
  | { readonly trust: string; readonly dns: string }
  | { readonly thumbprint: string };

/**
 * The key a credential has in the registry, and a certificate has when it is looked up. Trust names and the rest are
 * kept apart by NUL, which none of them can hold.
 */
export function uriKey(trust: string, uri: string): string {
  return `uri\0${trust}\0${uri}`;
}

export function dnsKey(trust: string, dns: string): string {
  return `dns\0${trust}\0${dns.toLowerCase()}`;
}

export function thumbprintKey(thumbprint: string): string {
  return `thumbprint\0${thumbprint}`;
}

export function credentialKey(credential: Credential): string {
  if ('thumbprint' in credential) return thumbprintKey(credential.thumbprint);
  return 'uri' in credential ? uriKey(credential.trust, credential.uri) : dnsKey(credential.trust, credential.dns);
}

/** The credential as people write it: `uri spiffe://acme.example/erp under acme-ca`. */
export function describeCredential(credential: Credential): string {
  if ('thumbprint' in credential) return `thumbprint ${credential.thumbprint}`;
  const name = 'uri' in credential ? `uri ${credential.uri}` : `dns ${credential.dns}`;
  return `${name} under ${credential.trust}`;
}

const THUMBPRINT = /^[0-9a-f]{64}$/;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const DNS_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

/** SPIFFE-ID, sections 2.1 to 2.3: trust domain of [a-z0-9._-], path of non-empty segments that are not dots. */
const SPIFFE_ID = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/;
const MAX_SPIFFE_BYTES = 2048;

/** What is wrong with the value, or null. Only canonical values are accepted, for they are compared byte by byte. */
export function judgeCredential(credential: Credential): string | null {
  if ('thumbprint' in credential) {
    return THUMBPRINT.test(credential.thumbprint)
      ? null
      : 'a thumbprint is the SHA-256 of the DER, 64 lower-case hex digits';
  }
  if ('dns' in credential) {
    return DNS_NAME.test(credential.dns)
      ? null
      : 'a dns credential is one host name in lower case, without wildcard or final dot';
  }
  return judgeUri(credential.uri);
}

function judgeUri(uri: string): string | null {
  if (/^spiffe:/i.test(uri)) {
    const canonical = SPIFFE_ID.test(uri) && uri.length <= MAX_SPIFFE_BYTES;
    return canonical ? null : 'not a canonical SPIFFE ID such as spiffe://acme.example/erp';
  }
  const canonical = /^[\x21-\x7e]+$/.test(uri) && URL.canParse(uri) && new URL(uri).href === uri;
  return canonical ? null : 'not a canonical absolute URI (lower-case scheme and host, no dot segments, ASCII)';
}
