/** What a configuration says about dialling out: when an address of an upstream is set aside, and how long to wait. */
import { z } from 'zod';
import { count, duration, isHostName, type Parsed, textField } from '../settings/config.ts';
import { isDialable, isLoopbackLiteral, literalAddress } from './literals.ts';

/** Passive ejection of a failing address. */
export const ejectionConfig = z
  .strictObject({
    failures: count({ min: 1, max: 1000, about: 'Failures in a row that set an address aside.' }).prefault(3),
    for: duration({
      min: '100ms',
      max: '1h',
      about: 'How long the address is set aside the first time; the time grows while it keeps failing.',
    }).prefault('10s'),
  })
  .transform((ejection) => ({ failures: ejection.failures, for_ms: ejection.for }))
  .meta({ description: 'When a failing address of the upstream is set aside.' });

/** How long each phase of an exchange with an upstream may last. */
export const upstreamTimeoutsConfig = z
  .strictObject({
    connect: duration({ min: '10ms', max: '1m', about: 'Resolving, connecting and the TLS handshake.' }).prefault('2s'),
    response: duration({ min: '10ms', max: '10m', about: 'From the request to the header of the answer.' }).prefault(
      '10s',
    ),
    idle: duration({ min: '10ms', max: '10m', about: 'Silence inside the body of the answer.' }).prefault('30s'),
  })
  .transform((timeouts) => ({
    connect_ms: timeouts.connect,
    response_ms: timeouts.response,
    idle_ms: timeouts.idle,
  }))
  .meta({ description: 'How long each phase of an exchange with the upstream may last.' });

const SEGMENTS = "(?:/(?!\\.\\.?(?:/|$))[A-Za-z0-9._~!$&'()*+,;=:@-]+)*/?";
const HTTPS = '(?:https://(?:[a-z0-9.-]{1,253}|\\[[0-9a-f:.]{2,45}\\]))';
const HTTP = '(?:http://(?:127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1\\]))';

const URL_PARTS = new RegExp(`^(https?)://(\\[[^\\]/]*\\]|[^\\[\\]/:@?#]+)(?::([0-9]{1,5}))?(${SEGMENTS})$`);

const URL_FORM = 'must be a URL such as https://orders.internal:9000/base, without user, query or fragment';
const CANONICAL = 'must name a host in its one canonical spelling: lower case, or a full unicast address';
const CLEAR = 'must be https; http is only for a literal loopback address (127.0.0.0/8 or [::1])';

/** Where an upstream is. */
export const upstreamUrlConfig = textField(readUpstreamUrl, {
  description: 'Where the service is; http only for a literal loopback address.',
  examples: ['https://orders.internal:9000/base', 'http://127.0.0.1:9000'],
  pattern: `^(?:${HTTPS}|${HTTP})(?::[0-9]{1,5})?${SEGMENTS}$`,
  'x-kind': 'URL',
});

/**
 * Reads the URL of an upstream.
 *
 * Only one spelling of each host is accepted (not `127.1`, `0x7f.1` or upper case), because a URL parser and a
 * resolver may read the others as different hosts. A text with an at sign is not shown: it may hold a password.
 */
function readUpstreamUrl(text: string): Parsed<URL> {
  const parts = URL_PARTS.exec(text);
  const hidden = text.includes('@');
  if (!parts || text.length > 2048) return { ok: false, problem: URL_FORM, hidden };
  const [, scheme = '', host = '', port] = parts;
  if (!isCanonicalHost(host)) return { ok: false, problem: CANONICAL, hidden };
  if (scheme === 'http' && !isLoopbackLiteral(host)) {
    return { ok: false, problem: CLEAR, suggestion: 'serve it over https, or name 127.0.0.1 if it is on this machine' };
  }
  if (port !== undefined && (port.startsWith('0') || Number(port) > 65_535)) {
    return { ok: false, problem: 'must have a port between 1 and 65535', hidden };
  }
  return { ok: true, value: new URL(text) };
}

/** A host name, or an address a service can stand on, spelled as RFC 5952 asks. */
function isCanonicalHost(host: string): boolean {
  const address = literalAddress(host);
  if (address === null) return isHostName(host);
  const written = new URL(`http://${host}`).hostname;
  return isDialable(address) && written === host && host.startsWith('[') === (address.family === 6);
}
