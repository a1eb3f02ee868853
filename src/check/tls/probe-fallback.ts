import { TLS_1_3 } from '../../protocol/tls/versions.ts';
import type { Told, VersionEvidence } from './evidence.ts';
import { FALLBACK_SCSV, groupsFor } from './offers.ts';
import type { AskOffer } from './probe-version.ts';

/**
 * RFC 7507 section 3: a hello of the version below the newest that says the client falls back. Any fatal alert keeps the
 * client from falling back, so it is a yes, whichever it is.
 */
export async function probeFallback(versions: readonly VersionEvidence[], ask: AskOffer): Promise<Told> {
  const accepted = versions.filter(({ acceptance }) => acceptance === 'accepted');
  const lower = accepted.slice(0, -1).findLast(({ version }) => version < TLS_1_3);
  if (lower === undefined) {
    return versions.some(({ acceptance }) => acceptance === 'unknown') ? 'unknown' : 'not-applicable';
  }
  const { version, cipher_suites } = lower;
  const offer = {
    version,
    cipher_suites: [...cipher_suites.values, FALLBACK_SCSV],
    groups: groupsFor(version),
    everything: false,
    with_share: false,
  };
  let { outcome, flight } = await ask(offer);
  // A busy server hangs up too. One that means it does it again.
  if (outcome === 'closed') ({ outcome, flight } = await ask(offer));
  if (outcome === 'alert' || outcome === 'closed') return 'yes';
  return flight.server_hello?.version === version ? 'no' : 'unknown';
}
