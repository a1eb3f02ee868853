import { buildClientHello } from './build-client-hello.ts';
import {
  alpn,
  type Extension,
  keyShare,
  preSharedKey,
  pskKeyExchangeModes,
  serverName,
  signatureAlgorithms,
  signedCertificateTimestamp,
  statusRequest,
  supportedGroups,
  supportedVersions,
} from './client-extensions.ts';
import type { ClientShare } from './key-agreement.ts';
import { deriveSecret, earlySecret, finishedMac, HASH_BYTES, type HashName, hashOf } from './key-schedule.ts';
import { TLS_1_2, TLS_1_3 } from './versions.ts';

/** A session to be taken up again. */
export interface Resumption {
  readonly ticket: Buffer;
  readonly psk: Buffer;
  /** Milliseconds since the ticket came, plus its age_add, modulo 2^32 (RFC 8446 section 4.2.11.1). */
  readonly obfuscated_age: number;
}

export interface Tls13HelloOptions {
  /** For SNI; null for none. */
  readonly server_name: string | null;
  readonly cipher_suite: number;
  readonly share: ClientShare;
  readonly signature_schemes: readonly number[];
  /** None are offered where it is empty. */
  readonly alpn: readonly string[];
  /** 32 bytes each. */
  readonly random: Buffer;
  readonly session_id: Buffer;
  readonly resumption: Resumption | null;
}

const HEADER_BYTES = 5;

/** A ClientHello that leaves one suite and one group to choose (RFC 8446 section 4.1.2), as one record. */
export function tls13Hello(options: Tls13HelloOptions, hash: HashName): Buffer {
  const { cipher_suite, random, session_id, resumption } = options;
  const record = buildClientHello({
    legacy_version: TLS_1_2,
    random,
    session_id,
    cipher_suites: [cipher_suite],
    compression_methods: [0],
    extensions: extensionsOf(options, hash),
  });
  return resumption === null ? record : bound(record, resumption.psk, hash);
}

function extensionsOf(options: Tls13HelloOptions, hash: HashName): Extension[] {
  const { server_name, share, signature_schemes, alpn: names, resumption } = options;
  return [
    ...(server_name === null ? [] : [serverName(server_name)]),
    supportedGroups([share.group]),
    signatureAlgorithms(signature_schemes),
    supportedVersions([TLS_1_3]),
    keyShare([share]),
    statusRequest(),
    signedCertificateTimestamp(),
    pskKeyExchangeModes(),
    ...(names.length === 0 ? [] : [alpn(names)]),
    ...(resumption === null ? [] : [preSharedKey(resumption.ticket, resumption.obfuscated_age, HASH_BYTES[hash])]),
  ];
}

/** Puts the binder at the end (RFC 8446 section 4.2.11.2): it covers everything before the list of binders. */
function bound(record: Buffer, psk: Buffer, hash: HashName): Buffer {
  const binder_bytes = HASH_BYTES[hash];
  const list_bytes = 2 + 1 + binder_bytes;
  const covered = record.subarray(HEADER_BYTES, record.length - list_bytes);
  const key = deriveSecret(hash, earlySecret(hash, psk), 'res binder', hashOf(hash, []));
  const binder = finishedMac(hash, key, hashOf(hash, [covered]));
  return Buffer.concat([record.subarray(0, record.length - binder_bytes), binder]);
}
