import { cipherSuiteName } from '../../protocol/tls/cipher-suites.ts';
import { EXTENSION } from '../../protocol/tls/client-extensions.ts';
import { groupName } from '../../protocol/tls/groups.ts';
import { versionName } from '../../protocol/tls/versions.ts';
import type { Found, HandshakeEvidence, TlsEvidence } from '../tls/evidence.ts';
import { certificateReport, chainReport } from './chain-report.ts';
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
    http: evidence.http.speaks_http,
    strict_transport_security: evidence.http.strict_transport_security,
    key_sizes: [...sizes].map(([id, bits]) => ({ cipher_suite: cipherSuiteName(id), bits })),
    chains: chains.map((chain, index) => chainReport(chain, evidence.certificates[index])),
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
