import { countElements, type GeneralName, readDer, SubjectAlternativeName } from './asn1.ts';

/** The names a certificate claims (subjectAltName). */
export interface SubjectNames {
  /** Exactly as encoded. */
  readonly uris: readonly string[];
  /** Lower case. */
  readonly dns_names: readonly string[];
  readonly has_addresses: boolean;
  readonly has_mail: boolean;
}

export const NO_NAMES: SubjectNames = { uris: [], dns_names: [], has_addresses: false, has_mail: false };

/** Most names of one certificate that are looked at; a certificate with more is refused. */
export const MAX_NAMES = 256;

/** Visible ASCII: NUL, controls, blanks and everything outside ASCII are not names. */
const VISIBLE = /^[\x21-\x7e]{1,2048}$/;

/**
 * Reads the value of a subjectAltName (RFC 5280 section 4.2.1.6).
 *
 * @throws Error on an empty list, too many names, or a DNS name or URI that is not visible ASCII
 */
export function readSubjectNames(value: Uint8Array): SubjectNames {
  if (countElements(value, MAX_NAMES) > MAX_NAMES) throw new Error('too many subject alternative names');
  const list: readonly GeneralName[] = [...readDer(value, SubjectAlternativeName)];
  if (list.length === 0) throw new Error('the subject alternative name is empty');
  const uris: string[] = [];
  const dns_names: string[] = [];
  for (const name of list) {
    if (name.uniformResourceIdentifier !== undefined) uris.push(visible(name.uniformResourceIdentifier));
    if (name.dNSName !== undefined) dns_names.push(visible(name.dNSName).toLowerCase());
  }
  const has_addresses = list.some((name) => name.iPAddress !== undefined);
  const has_mail = list.some((name) => name.rfc822Name !== undefined);
  return { uris, dns_names, has_addresses, has_mail };
}

function visible(text: string): string {
  if (!VISIBLE.test(text)) throw new Error('a subject alternative name is not visible ASCII');
  return text;
}
