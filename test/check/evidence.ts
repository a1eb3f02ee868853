/** Evidence as a prober would bring it, put together by hand. */
import type { Found, TlsEvidence, VersionEvidence } from '../../src/check/tls/evidence.ts';
import { CIPHER_SUITES } from '../../src/protocol/tls/cipher-suites.ts';
import { VERSIONS } from '../../src/protocol/tls/versions.ts';

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
    chains: [],
    ...more,
  };
}
