/** Readings of the evidence that rules share. */
import { type CipherSuite, cipherSuite } from '../../protocol/tls/cipher-suites.ts';
import { TLS_1_3, versionName } from '../../protocol/tls/versions.ts';
import type { TlsEvidence, VersionEvidence } from './evidence.ts';

export function accepted({ versions }: TlsEvidence): readonly VersionEvidence[] {
  return versions.filter(({ acceptance }) => acceptance === 'accepted');
}

/** Those before TLS 1.3. */
export function acceptedBeforeTls13(evidence: TlsEvidence): readonly VersionEvidence[] {
  return accepted(evidence).filter(({ version }) => version < TLS_1_3);
}

/** False where it is not known of each of these versions whether the server takes it, and all it takes with it. */
export function isKnown(versions: readonly VersionEvidence[]): boolean {
  return versions.every(({ acceptance, cipher_suites }) => acceptance !== 'unknown' && cipher_suites.complete);
}

/** Suites that any version is accepted with, each once, in the order of the registry; those without a name left out. */
export function acceptedSuites(versions: readonly VersionEvidence[]): readonly CipherSuite[] {
  const ids = new Set(versions.flatMap(({ cipher_suites }) => cipher_suites.values));
  return [...ids].sort((left, right) => left - right).flatMap((id) => cipherSuite(id) ?? []);
}

export function versionNames(versions: readonly VersionEvidence[]): string {
  return versions.map(({ version }) => versionName(version)).join(', ');
}

/** `1 cipher suite without AEAD is accepted`. */
export function acceptedWithout(lacking: string, { length }: readonly string[]): string {
  return length === 1
    ? `1 cipher suite without ${lacking} is accepted`
    : `${length} cipher suites without ${lacking} are accepted`;
}
