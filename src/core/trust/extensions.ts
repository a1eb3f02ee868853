import {
  BasicConstraints,
  type Certificate,
  ExtendedKeyUsage,
  KeyUsage,
  NameConstraints,
  readBer,
  readDer,
} from './asn1.ts';
import { type Constraints, readConstraints } from './name-constraints.ts';
import { NO_NAMES, readSubjectNames, type SubjectNames } from './names.ts';

/** What the extensions of a certificate allow (RFC 5280 section 4.2). */
export interface Extensions {
  /** Version 3 and basicConstraints with cA set. */
  readonly ca: boolean;
  /** Intermediates that may stand below; null is unbounded. */
  readonly path_length: number | null;
  /** keyUsage bits, null where the extension is absent (any use). */
  readonly key_usage: { readonly digital_signature: boolean; readonly cert_sign: boolean } | null;
  /** Extended key usage OIDs, null where the extension is absent. */
  readonly extended_key_usage: readonly string[] | null;
  readonly names: SubjectNames;
  readonly constraints: Constraints | null;
}

const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const NAME_CONSTRAINTS = '2.5.29.30';
const EXTENDED_KEY_USAGE = '2.5.29.37';

/**
 * Read above, or without effect on a path whose initial policy set is any-policy (certificatePolicies), or hints
 * for path building only (key identifiers). Policy constraints and mappings are not enforced, so a certificate
 * that makes them critical is refused as every unknown critical extension is (section 4.2).
 */
const PROCESSED: ReadonlySet<string> = new Set([
  KEY_USAGE,
  SUBJECT_ALT_NAME,
  BASIC_CONSTRAINTS,
  NAME_CONSTRAINTS,
  EXTENDED_KEY_USAGE,
  '2.5.29.14', // subjectKeyIdentifier
  '2.5.29.32', // certificatePolicies
  '2.5.29.35', // authorityKeyIdentifier
]);

/** cA FALSE written out: not DER, yet common in older certificates and of one meaning only. */
const CA_FALSE_WRITTEN_OUT = Buffer.from('3003010100', 'hex');
const DIGITAL_SIGNATURE = 1;
const KEY_CERT_SIGN = 32;

/**
 * @throws Error on an unknown critical extension, one that stands twice, or one that is not well-formed; the
 * message is for operators and holds no value from the certificate but OIDs
 */
export function readExtensions(certificate: Certificate): Extensions {
  const values = collect(certificate);
  const read = <T>(oid: string, reader: (value: Uint8Array) => T): T | null => {
    const value = values.get(oid);
    return value === undefined ? null : reader(value);
  };
  const basic = read(BASIC_CONSTRAINTS, readBasicConstraints);
  return {
    ca: basic?.cA ?? false,
    path_length: basic?.cA ? (basic.pathLenConstraint ?? null) : null,
    key_usage: read(KEY_USAGE, readKeyUsage),
    extended_key_usage: read(EXTENDED_KEY_USAGE, (value) => [...readDer(value, ExtendedKeyUsage)]),
    names: read(SUBJECT_ALT_NAME, readSubjectNames) ?? NO_NAMES,
    constraints: read(NAME_CONSTRAINTS, (value) => readConstraints(readBer(value, NameConstraints))),
  };
}

function collect(certificate: Certificate): ReadonlyMap<string, Uint8Array> {
  const values = new Map<string, Uint8Array>();
  for (const extension of certificate.tbsCertificate.extensions ?? []) {
    const oid = extension.extnID;
    if (values.has(oid)) throw new Error(`extension ${oid} stands twice`);
    if (extension.critical && !PROCESSED.has(oid)) throw new Error(`critical extension ${oid} is not known here`);
    values.set(oid, new Uint8Array(extension.extnValue.buffer));
  }
  return values;
}

function readBasicConstraints(value: Uint8Array): BasicConstraints {
  if (CA_FALSE_WRITTEN_OUT.equals(value)) return new BasicConstraints();
  const basic = readDer(value, BasicConstraints);
  const length = basic.pathLenConstraint;
  if (length !== undefined && !(Number.isSafeInteger(length) && length >= 0))
    throw new Error('path length is not valid');
  return basic;
}

function readKeyUsage(value: Uint8Array): { digital_signature: boolean; cert_sign: boolean } {
  const flags = readDer(value, KeyUsage).toNumber();
  return { digital_signature: (flags & DIGITAL_SIGNATURE) !== 0, cert_sign: (flags & KEY_CERT_SIGN) !== 0 };
}
