/** Evidence as a prober would bring it, put together by hand. */
import {
  type Found,
  type HandshakeEvidence,
  NO_HANDSHAKES,
  NO_HTTP,
  type TlsEvidence,
  type VersionEvidence,
} from '../../src/check/tls/evidence.ts';
import { CIPHER_SUITES } from '../../src/protocol/tls/cipher-suites.ts';
import { VERSIONS } from '../../src/protocol/tls/versions.ts';

/** Sunday, 29 November 2026. */
export const NOW_MS = Date.UTC(2026, 10, 29);

const found = (values: readonly number[], complete = true): Found => ({ values, complete });

export function suites(...names: readonly string[]): number[] {
  return names.map((name) => CIPHER_SUITES.find((suite) => suite.name === `TLS_${name}`)!.id);
}

export interface Taken {
  readonly suites?: readonly number[];
  readonly groups?: readonly number[];
  readonly complete?: boolean;
  readonly unknown?: boolean;
}

/** Of a server of TLS 1.2 and 1.3 that does nothing wrong. */
const SOUND_HANDSHAKES: HandshakeEvidence = {
  ssl2: { accepted: 'no', cipher_kinds: [] },
  heartbleed: 'no',
  fallback_scsv: 'yes',
  client_renegotiation: 'no',
  resumption: { session_id: 'yes', ticket: 'yes', tls13: 'yes' },
  early_data: 'no',
};

/** Evidence with other handshakes. */
export function withHandshakes(seen: TlsEvidence, other: Partial<HandshakeEvidence>): TlsEvidence {
  return { ...seen, handshakes: { ...seen.handshakes, ...other } };
}

/** By version, such as `{ 0x0303: { suites: [...] } }`; what is not named is refused. */
export function evidence(taken: Readonly<Record<number, Taken>>, more: Partial<TlsEvidence> = {}): TlsEvidence {
  const versions = VERSIONS.map((version): VersionEvidence => {
    const { suites: values = [], groups = [], complete = true, unknown = false } = taken[version] ?? {};
    const acceptance = unknown ? 'unknown' : values.length > 0 ? 'accepted' : 'refused';
    return {
      version,
      acceptance,
      reason: acceptance === 'accepted' ? null : 'protocol_version',
      cipher_suites: found(values, complete && !unknown),
      order: 'server',
      groups: found(groups, complete),
    };
  });
  return {
    versions,
    extensions: new Set([0xff01]),
    compression: false,
    sizes: new Map(),
    alpn: null,
    client_certificate: false,
    client_certificate_authorities: [],
    chains: [],
    unnamed_chain: null,
    handshakes: SOUND_HANDSHAKES,
    http: NO_HTTP,
    name: 'api.example.org',
    checked_at_ms: NOW_MS,
    certificates: [],
    ...more,
  };
}

const GCM = suites('ECDHE_RSA_WITH_AES_128_GCM_SHA256');
const TLS13 = { suites: suites('AES_128_GCM_SHA256'), groups: [0x11ec, 0x001d] };

/** A server that does nothing wrong. */
export const SOUND = evidence({ 771: { suites: GCM, groups: [0x001d] }, 772: TLS13 });
export const ONLY_TLS12 = evidence({ 771: { suites: GCM, groups: [0x001d] } });
export const ONLY_TLS13 = evidence(
  { 772: TLS13 },
  { extensions: new Set(), compression: null, client_certificate: null },
);

/** An end of which nothing is known. */
export const SILENT = evidence(
  Object.fromEntries([0x0300, 0x0301, 0x0302, 0x0303, 0x0304].map((version) => [version, { unknown: true }])),
  { extensions: new Set(), compression: null, client_certificate: null, handshakes: NO_HANDSHAKES },
);

/** A sound TLS 1.3, and these suites in TLS 1.2. */
export const with12 = (...names: readonly string[]) => evidence({ 771: { suites: suites(...names) }, 772: TLS13 });

/** A sound TLS 1.3 with other groups. */
export const withGroups = (...groups: readonly number[]) => evidence({ 772: { ...TLS13, groups } });
