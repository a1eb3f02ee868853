import { createHash, X509Certificate } from 'node:crypto';
import { cipherSuiteName } from '../../protocol/tls/cipher-suites.ts';
import { EXTENSION } from '../../protocol/tls/client-extensions.ts';
import { groupName } from '../../protocol/tls/groups.ts';
import { versionName } from '../../protocol/tls/versions.ts';
import type { Found, HandshakeEvidence, TlsEvidence } from '../tls/evidence.ts';
import { distinguishedName } from './distinguished-name.ts';
import type { TlsReport } from './report.ts';

/** The evidence with names in place of numbers. */
export function tlsReport(evidence: TlsEvidence): TlsReport {
  const { versions, extensions, compression, alpn, client_certificate, sizes, chains } = evidence;
  return {
    versions: versions.map(({ version, acceptance, reason, cipher_suites, order, groups }) => ({
      name: versionName(version),
      acceptance,
      reason,
      cipher_suites: named(cipher_suites, cipherSuiteName),
      order,
      groups: named(groups, groupName),
    })),
    secure_renegotiation: extensions.has(EXTENSION.renegotiation_info),
    extended_master_secret: extensions.has(EXTENSION.extended_master_secret),
    encrypt_then_mac: extensions.has(EXTENSION.encrypt_then_mac),
    session_ticket: extensions.has(EXTENSION.session_ticket),
    compression,
    alpn,
    client_certificate,
    client_certificate_authorities: evidence.client_certificate_authorities
      .slice(0, MAX_AUTHORITIES)
      .map(distinguishedName),
    handshakes: handshakesReport(evidence.handshakes),
    key_sizes: [...sizes].map(([id, bits]) => ({ cipher_suite: cipherSuiteName(id), bits })),
    chains: chains.map(({ certificates }) => certificates.map(certificateReport)),
    unnamed: unnamedOf(evidence),
  };
}

function handshakesReport(handshakes: HandshakeEvidence): TlsReport['handshakes'] {
  const { ssl2, heartbleed, fallback_scsv, client_renegotiation, resumption } = handshakes;
  return {
    ssl2: ssl2.accepted,
    ssl2_cipher_kinds: ssl2.cipher_kinds.map((kind) => kind.toString(16).padStart(6, '0')),
    heartbleed,
    fallback_scsv,
    client_renegotiation,
    resumption_session_id: resumption.session_id,
    resumption_ticket: resumption.ticket,
    resumption_tls13: resumption.tls13,
    early_data: handshakes.early_data,
  };
}

function named({ values, complete }: Found, nameOf: (id: number) => string) {
  return { names: values.map(nameOf), complete };
}

function unnamedOf({ unnamed_chain }: TlsEvidence): TlsReport['unnamed'] {
  const leaf = unnamed_chain?.certificates[0];
  return leaf === undefined ? null : certificateReport(leaf);
}

/** More than anybody reads. */
const MAX_AUTHORITIES = 100;
const MAX_NAME_CHARACTERS = 256;

function certificateReport(der: Buffer): TlsReport['chains'][number][number] {
  const sha256 = createHash('sha256').update(der).digest('hex');
  const size_bytes = der.length;
  try {
    const { subject, issuer, validToDate } = new X509Certificate(der);
    return {
      sha256,
      size_bytes,
      subject: oneLine(subject),
      issuer: oneLine(issuer),
      not_after: validToDate.toISOString(),
    };
  } catch {
    // What a stranger sends as a certificate may be none; that it was sent is evidence all the same.
    return { sha256, size_bytes, subject: null, issuer: null, not_after: null };
  }
}

function oneLine(name: string): string {
  return (name ?? '').replaceAll('\n', ', ').slice(0, MAX_NAME_CHARACTERS);
}
