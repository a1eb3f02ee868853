import { canonicalAddress } from './canonical-address.ts';
import { contentOf, type Element, elements, NotDer, oidText, TAG } from './der.ts';
import { countScts } from './scts.ts';
import type { CertificateExtensions, KeyUsage } from './sent-certificate.ts';

const MAX_EXTENSIONS = 64;
const MAX_NAMES = 256;
/** CertificatePolicies and the like hold a few; what holds more is out for mischief. */
const MAX_PARTS = 64;

/** Reads what rules ask for, and leaves alone what they do not (RFC 5280 section 4.2). @param list the SEQUENCE OF Extension, whole @throws NotDer */
export function readExtensions(list: Buffer | null): CertificateExtensions {
  const { values, critical } = list === null ? NONE : valuesOf(list);
  const read = <T>(oid: string, reader: (value: Buffer) => T, absent: T): T => {
    const value = values.get(oid);
    return value === undefined ? absent : reader(value);
  };
  return {
    critical,
    ca: read('2.5.29.19', readCa, false),
    key_usage: read<CertificateExtensions['key_usage']>('2.5.29.15', readKeyUsage, null),
    extended_key_usage: read<readonly string[] | null>('2.5.29.37', readOids, null),
    ...read('2.5.29.17', readNames, { dns_names: [], ip_addresses: [] }),
    ...read('1.3.6.1.5.5.7.1.1', readAccess, { has_ocsp_url: false, has_issuer_url: false }),
    scts: read('1.3.6.1.4.1.11129.2.4.2', (value) => countScts(contentOf(value, TAG.octet_string)), 0),
    must_staple: read('1.3.6.1.5.5.7.1.24', readFeatures, false),
  };
}

interface Extensions {
  /** By OID. */
  readonly values: ReadonlyMap<string, Buffer>;
  readonly critical: readonly string[];
}

const NONE: Extensions = { values: new Map(), critical: [] };

function valuesOf(list: Buffer): Extensions {
  const values = new Map<string, Buffer>();
  const critical: string[] = [];
  for (const { content } of elements(contentOf(list, TAG.sequence), MAX_EXTENSIONS)) {
    const [oid, ...rest] = elements(content, 3);
    const value = rest.at(-1);
    if (oid?.tag !== TAG.oid || value?.tag !== TAG.octet_string) throw new NotDer('no extension');
    const id = oidText(oid.content);
    if (values.has(id)) throw new NotDer('an extension stands twice');
    values.set(id, value.content);
    const [flag] = rest;
    if (flag?.tag === TAG.boolean && flag.content[0] !== 0) critical.push(id);
  }
  return { values, critical };
}

function readCa(value: Buffer): boolean {
  const [ca] = elements(contentOf(value, TAG.sequence), 2);
  return ca?.tag === TAG.boolean && ca.content[0] !== 0;
}

const DIGITAL_SIGNATURE = 0x80;
const NON_REPUDIATION = 0x40;
const KEY_CERT_SIGN = 0x04;

/** The first byte says how many bits are not used; all that are asked for stand in the second. */
function readKeyUsage(value: Buffer): KeyUsage {
  const bits = contentOf(value, TAG.bit_string)[1] ?? 0;
  return {
    digital_signature: (bits & DIGITAL_SIGNATURE) !== 0,
    non_repudiation: (bits & NON_REPUDIATION) !== 0,
    cert_sign: (bits & KEY_CERT_SIGN) !== 0,
  };
}

function readOids(value: Buffer): readonly string[] {
  return elements(contentOf(value, TAG.sequence), MAX_PARTS).map(({ content }) => oidText(content));
}

const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

function readNames(value: Buffer): { dns_names: readonly string[]; ip_addresses: readonly string[] } {
  const names = elements(contentOf(value, TAG.sequence), MAX_NAMES);
  const tagged = (wanted: number) => names.filter(({ tag }) => tag === wanted).map(({ content }) => content);
  return {
    dns_names: tagged(DNS_NAME).map((name) => name.toString('latin1').toLowerCase()),
    ip_addresses: tagged(IP_ADDRESS).flatMap((address) => addressText(address) ?? []),
  };
}

function addressText(bytes: Buffer): string | null {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return null;
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return canonicalAddress(groups.join(':'));
}

const OCSP = '1.3.6.1.5.5.7.48.1';
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

function readAccess(value: Buffer): { has_ocsp_url: boolean; has_issuer_url: boolean } {
  const methods = elements(contentOf(value, TAG.sequence), MAX_PARTS).map(({ content }) => methodOf(content));
  return { has_ocsp_url: methods.includes(OCSP), has_issuer_url: methods.includes(CA_ISSUERS) };
}

function methodOf(description: Buffer): string {
  const [method] = elements(description, 2);
  if (method?.tag !== TAG.oid) throw new NotDer('no access method');
  return oidText(method.content);
}

/** The extension `status_request` of TLS, as a feature the server must have. */
const STATUS_REQUEST = 5;

function readFeatures(value: Buffer): boolean {
  const features: readonly Element[] = elements(contentOf(value, TAG.sequence), MAX_PARTS);
  return features.some(
    ({ tag, content }) => tag === TAG.integer && content.length === 1 && content[0] === STATUS_REQUEST,
  );
}
