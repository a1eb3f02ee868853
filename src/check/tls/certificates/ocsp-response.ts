/** The bytes of an OCSP response (RFC 6960 section 4.2.1), taken apart and not yet believed. */
import type { Signed } from '../../../core/trust/index.ts';
import { contentOf, type Element, elements, NotDer, oidText, TAG } from './der.ts';
import { generalizedTime } from './generalized-time.ts';

/** Largest response that is looked at; real ones have 300 to 5,000 bytes, with ML-DSA up to 20,000. */
const MAX_RESPONSE_BYTES = 32_768;
/** RFC 5019 section 2.2.1 asks for one, and allows more that were signed with it. */
const MAX_SINGLE_RESPONSES = 256;
const MAX_CERTIFICATES = 8;
const MAX_EXTENSIONS = 16;
/** The longest that is known here has 67. */
const MAX_ALGORITHM_BYTES = 128;

/** OCSPResponseStatus by its number; 4 is not used. */
const RESPONSE_STATUS = [
  'successful',
  'malformedRequest',
  'internalError',
  'tryLater',
  null,
  'sigRequired',
  'unauthorized',
] as const;

export type ResponseError = Exclude<(typeof RESPONSE_STATUS)[number], 'successful' | null>;

/** CRLReason by its number (RFC 5280 section 5.3.1); 7 is not used. */
const REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  null,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;

export interface Revocation {
  /** Unix milliseconds. */
  readonly at_ms: number;
  /** CRLReason; null where none is given, or one without a name. */
  readonly reason: (typeof REASONS)[number];
}

/** What is said of one certificate. */
export interface SingleResponse {
  /** OID of the hash. */
  readonly hash: string;
  readonly issuer_name_hash: Buffer;
  readonly issuer_key_hash: Buffer;
  /** The content of the INTEGER. */
  readonly serial: Buffer;
  readonly cert_status: 'good' | 'revoked' | 'unknown';
  /** Null where it is not revoked. */
  readonly revocation: Revocation | null;
  /** Unix milliseconds, as the next. */
  readonly this_update_ms: number;
  /** Null where the responder says that there is always something newer. */
  readonly next_update_ms: number | null;
}

export interface BasicResponse extends Signed {
  /** DER of a Name, or the SHA-1 of a key; the other is null. */
  readonly by_name: Buffer | null;
  readonly by_key: Buffer | null;
  readonly produced_at_ms: number;
  readonly single_responses: readonly SingleResponse[];
  /** DER, as they came along. */
  readonly certificates: readonly Buffer[];
}

/** The error, where the responder had nothing else to say. */
export type OcspResponse = BasicResponse | ResponseError;

/** @throws NotDer on what is no response, is larger than is looked at, or has a critical extension: none is known here (section 4.4) */
export function readOcspResponse(der: Buffer): OcspResponse {
  if (der.length > MAX_RESPONSE_BYTES) throw new NotDer('too large');
  const [status, body] = parts(contentOf(der, TAG.sequence), 1, 2);
  const name = RESPONSE_STATUS[numberIn(status!, TAG.enumerated)] ?? null;
  if (name === null) throw new NotDer('no status');
  if (name !== 'successful') return name;
  if (body?.tag !== TAG.context_0) throw new NotDer('no answer');
  const [type, response] = parts(contentOf(body.content, TAG.sequence), 2, 2);
  if (type?.tag !== TAG.oid || oidText(type.content) !== ID_PKIX_OCSP_BASIC) throw new NotDer('another type');
  return readBasicResponse(contentOf(response!.whole, TAG.octet_string));
}

const ID_PKIX_OCSP_BASIC = '1.3.6.1.5.5.7.48.1.1';
const CONTEXT_1 = 0xa1;
const CONTEXT_2 = 0xa2;

function readBasicResponse(der: Buffer): BasicResponse {
  const [data, algorithm, signature, certificates] = parts(contentOf(der, TAG.sequence), 3, 4);
  if (algorithm?.tag !== TAG.sequence || algorithm.whole.length > MAX_ALGORITHM_BYTES) throw new NotDer('no algorithm');
  if (signature?.tag !== TAG.bit_string || signature.content[0] !== 0) throw new NotDer('no signature');
  if (certificates !== undefined && certificates.tag !== TAG.context_0) throw new NotDer('no certificates');
  const list = certificates && elements(contentOf(certificates.content, TAG.sequence), MAX_CERTIFICATES);
  return {
    info: data!.whole,
    algorithm: algorithm.whole,
    signature: signature.content.subarray(1),
    certificates: list?.map(({ whole }) => whole) ?? [],
    ...readResponseData(contentOf(data!.whole, TAG.sequence)),
  };
}

type ResponseData = Omit<BasicResponse, keyof Signed | 'certificates'>;

/** Its version is v1, which may be left out. */
function readResponseData(content: Buffer): ResponseData {
  const all = parts(content, 3, 5);
  const [version] = all;
  const has_version = version?.tag === TAG.context_0;
  if (has_version && numberIn(elements(version.content, 1)[0], TAG.integer) !== 0) throw new NotDer('another version');
  const [responder, produced_at, responses, extensions, none] = has_version ? all.slice(1) : all;
  if (responses?.tag !== TAG.sequence || none !== undefined) throw new NotDer('no responses');
  refuseCritical(extensions, CONTEXT_1);
  return {
    ...readResponderId(responder!),
    produced_at_ms: generalizedTime(produced_at!),
    single_responses: elements(responses.content, MAX_SINGLE_RESPONSES).map(readSingleResponse),
  };
}

function readResponderId({ tag, content }: Element): Pick<BasicResponse, 'by_name' | 'by_key'> {
  if (tag === CONTEXT_1) {
    contentOf(content, TAG.sequence);
    return { by_name: content, by_key: null };
  }
  if (tag !== CONTEXT_2) throw new NotDer('no responder');
  return { by_name: null, by_key: contentOf(content, TAG.octet_string) };
}

function readSingleResponse({ tag, content }: Element): SingleResponse {
  if (tag !== TAG.sequence) throw new NotDer('no response');
  const [id, status, this_update, ...rest] = parts(content, 3, 5);
  const has_next_update = rest[0]?.tag === TAG.context_0;
  const [extensions, none] = has_next_update ? rest.slice(1) : rest;
  if (none !== undefined) throw new NotDer('too much of a response');
  refuseCritical(extensions, CONTEXT_1);
  return {
    ...readCertId(id!),
    ...readCertStatus(status!),
    this_update_ms: generalizedTime(this_update!),
    next_update_ms: has_next_update ? generalizedTime(elements(rest[0]!.content, 1)[0]) : null,
  };
}

function readCertId({ tag, content }: Element) {
  const [algorithm, name_hash, key_hash, serial] = parts(content, 4, 4);
  const [oid] = elements(contentOf(algorithm!.whole, TAG.sequence), 2);
  const is_one = name_hash!.tag === TAG.octet_string && key_hash!.tag === TAG.octet_string;
  if (tag !== TAG.sequence || oid?.tag !== TAG.oid || !is_one || serial!.tag !== TAG.integer) {
    throw new NotDer('no CertID');
  }
  return {
    hash: oidText(oid.content),
    issuer_name_hash: name_hash!.content,
    issuer_key_hash: key_hash!.content,
    serial: serial!.content,
  };
}

function readCertStatus({ tag, content }: Element): Pick<SingleResponse, 'cert_status' | 'revocation'> {
  if (tag === 0x80 && content.length === 0) return { cert_status: 'good', revocation: null };
  if (tag === 0x82 && content.length === 0) return { cert_status: 'unknown', revocation: null };
  if (tag !== CONTEXT_1) throw new NotDer('no CertStatus');
  const [at, reason] = parts(content, 1, 2);
  if (reason !== undefined && reason.tag !== TAG.context_0) throw new NotDer('no reason');
  const number = reason && numberIn(elements(reason.content, 1)[0], TAG.enumerated);
  const name = number === undefined ? null : (REASONS[number] ?? null);
  return { cert_status: 'revoked', revocation: { at_ms: generalizedTime(at), reason: name } };
}

/** @throws NotDer where an extension is critical, or these are none */
function refuseCritical(extensions: Element | undefined, tag: number): void {
  if (extensions === undefined) return;
  if (extensions.tag !== tag) throw new NotDer('no extensions');
  for (const extension of elements(contentOf(extensions.content, TAG.sequence), MAX_EXTENSIONS)) {
    const [oid, critical] = parts(contentOf(extension.whole, TAG.sequence), 2, 3);
    const is_critical = critical!.tag === TAG.boolean && critical!.content[0] !== 0;
    if (oid?.tag !== TAG.oid || is_critical) throw new NotDer('critical');
  }
}

/** From `min` to `max` elements. @throws NotDer */
function parts(content: Buffer, min: number, max: number): readonly Element[] {
  const found = elements(content, max);
  if (found.length < min) throw new NotDer('too few');
  return found;
}

/** A number of one octet, as all are that have a meaning here. @throws NotDer */
function numberIn(element: Element | undefined, tag: number): number {
  if (element?.tag !== tag || element.content.length !== 1) throw new NotDer('no number');
  return element.content[0]!;
}
