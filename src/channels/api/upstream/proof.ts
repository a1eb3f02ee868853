import { LoadError } from '../../../core/errors/faults.ts';
import { createTlsClient, isLoopbackLiteral, type TlsClient } from '../../../core/resolver/index.ts';
import type { UpstreamOptions } from './options.ts';

/**
 * What every address of the upstream has to prove, whichever endpoint it belongs to; null in clear.
 *
 * @throws LoadError CONFIG_VALUE for `http:` outside literal loopback, CERT_UNREADABLE for a bad CA bundle
 */
export function tlsClientFor({
  name,
  url,
  endpoints,
  ca,
  server_name,
  tls_profile,
}: UpstreamOptions): TlsClient | null {
  if (url.protocol === 'https:') {
    const profile = tls_profile === undefined ? {} : { profile: tls_profile };
    return createTlsClient({ server_name: server_name ?? bareHost(url), ca, ...profile });
  }
  const hosts = [url.hostname, ...endpoints.map(({ host }) => host)];
  if (url.protocol === 'http:' && hosts.every(isLoopbackLiteral)) return null;
  throw new LoadError([
    {
      code: 'CONFIG_VALUE',
      key: `apis.${name}.upstream.url`,
      message: `${url.origin} would be reached in clear`,
      suggestion: 'Use https:, or http: with a literal loopback address (127.0.0.0/8 or [::1]).',
    },
  ]);
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
