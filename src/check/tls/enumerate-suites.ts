import { cipherSuite } from '../../protocol/tls/cipher-suites.ts';
import type { ServerFlight } from '../../protocol/tls/server-flight.ts';
import { type Enumerated, type EnumerateOptions, enumerate } from './enumerate.ts';

const INTERNAL_ERROR = 'internal_error';

/**
 * Finds every suite a server takes of those offered. Some servers choose a suite with Diffie-Hellman in a finite field though they
 * have no group for it, and only then break off (Dovecot without `ssl_dh`): so where one breaks off it is asked for the rest
 * without those.
 */
export async function enumerateSuites(options: Omit<EnumerateOptions, 'chosenOf'>): Promise<Enumerated> {
  const all = await enumerate({ ...options, chosenOf });
  const left = options.offered.filter((id) => !all.values.includes(id));
  const others = left.filter((id) => cipherSuite(id)?.key_exchange !== 'dhe');
  if (!breaksOff(all) || others.length === 0 || others.length === left.length) return all;
  const rest = await enumerate({ ...options, offered: others, chosenOf });
  // Where the rest was not answered, nobody knows whether there is more.
  return rest.values.length === 0 && rest.end !== 'unknown'
    ? all
    : { ...rest, values: [...all.values, ...rest.values] };
}

function chosenOf({ server_hello }: ServerFlight): number | null {
  return server_hello?.cipher_suite ?? null;
}

function breaksOff({ end, reason }: Enumerated): boolean {
  return end === 'hung-up' || reason === INTERNAL_ERROR;
}
