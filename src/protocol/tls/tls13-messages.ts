/** Messages of TLS 1.3 that come encrypted, each read from its body (RFC 8446 sections 4.3, 4.4 and 4.6). */
import { ByteReader } from './byte-reader.ts';
import { EXTENSION } from './client-extensions.ts';
import { MalformedFlight } from './malformed-flight.ts';
import {
  MAX_CERTIFICATES,
  MAX_EXTENSIONS,
  readAlpn,
  readAuthorities,
  readCertificateStatus,
} from './server-messages.ts';

type ReadExtension = (type: number, body: ByteReader) => void;

/** What the list holds; each type once. */
function eachExtension(list: ByteReader, read: ReadExtension): void {
  const seen = new Set<number>();
  while (!list.done) {
    const type = list.uint16();
    const body = list.vector16();
    if (seen.has(type)) throw new MalformedFlight('extension_repeated');
    if (seen.add(type).size > MAX_EXTENSIONS) throw new MalformedFlight('extensions');
    read(type, body);
  }
}

function ended(reader: ByteReader): void {
  if (!reader.done) throw new MalformedFlight('trailing');
}

/** RFC 8446 section 4.3.1: the protocol that was chosen, or null. @throws MalformedFlight, Truncated */
export function readEncryptedExtensions(body: Buffer): string | null {
  const reader = new ByteReader(body);
  let alpn: string | null = null;
  eachExtension(reader.vector16(), (type, extension) => {
    if (type === EXTENSION.alpn) alpn = readAlpn(extension);
  });
  ended(reader);
  return alpn;
}

export interface CertificateRequest13 {
  /** To be given back in the client's Certificate. */
  readonly context: Buffer;
  /** Distinguished names of the CAs that are asked for, DER. */
  readonly authorities: readonly Buffer[];
}

/** RFC 8446 section 4.3.2. @throws MalformedFlight, Truncated */
export function readCertificateRequest13(body: Buffer): CertificateRequest13 {
  const reader = new ByteReader(body);
  const context = reader.vector8().rest();
  let authorities: Buffer[] = [];
  eachExtension(reader.vector16(), (type, extension) => {
    if (type === EXTENSION.certificate_authorities) authorities = readAuthorities(extension.vector16());
  });
  ended(reader);
  return { context, authorities };
}

export interface Certificates13 {
  /** DER, in the order sent. */
  readonly certificates: readonly Buffer[];
  /** Of the leaf (RFC 8446 section 4.4.2.1), DER. */
  readonly ocsp_response: Buffer | null;
  /** Of the leaf (RFC 6962 section 3.3). */
  readonly sct_list: Buffer | null;
}

/** RFC 8446 section 4.4.2. @throws MalformedFlight, Truncated */
export function readCertificates13(body: Buffer): Certificates13 {
  const reader = new ByteReader(body);
  reader.vector8(); // certificate_request_context
  const list = reader.vector24();
  ended(reader);
  const certificates: Buffer[] = [];
  let ocsp_response: Buffer | null = null;
  let sct_list: Buffer | null = null;
  while (!list.done) {
    certificates.push(list.vector24().rest());
    if (certificates.length > MAX_CERTIFICATES) throw new MalformedFlight('certificates');
    eachExtension(list.vector16(), (type, extension) => {
      if (certificates.length > 1) return;
      if (type === EXTENSION.status_request) ocsp_response = readCertificateStatus(extension.rest());
      if (type === EXTENSION.signed_certificate_timestamp) sct_list = extension.rest();
    });
  }
  return { certificates, ocsp_response, sct_list };
}

export interface CertificateVerify {
  readonly scheme: number;
  readonly signature: Buffer;
}

/** RFC 8446 section 4.4.3. @throws MalformedFlight, Truncated */
export function readCertificateVerify(body: Buffer): CertificateVerify {
  const reader = new ByteReader(body);
  const scheme = reader.uint16();
  const signature = reader.vector16().rest();
  ended(reader);
  return { scheme, signature };
}

export interface NewSessionTicket {
  readonly lifetime_s: number;
  readonly age_add: number;
  readonly nonce: Buffer;
  readonly ticket: Buffer;
  /** 0 where early data is not allowed. */
  readonly max_early_data_bytes: number;
}

/** RFC 8446 section 4.6.1. @throws MalformedFlight, Truncated */
export function readNewSessionTicket(body: Buffer): NewSessionTicket {
  const reader = new ByteReader(body);
  const lifetime_s = reader.take(4).readUInt32BE(0);
  const age_add = reader.take(4).readUInt32BE(0);
  const nonce = reader.vector8().rest();
  const ticket = reader.vector16().rest();
  let max_early_data_bytes = 0;
  eachExtension(reader.vector16(), (type, extension) => {
    if (type === EXTENSION.early_data) max_early_data_bytes = extension.take(4).readUInt32BE(0);
  });
  ended(reader);
  if (ticket.length === 0) throw new MalformedFlight('ticket');
  return { lifetime_s, age_add, nonce, ticket, max_early_data_bytes };
}
