/** What a configuration says about dialling out: when an address of an upstream is set aside, and how long to wait. */
import { z } from 'zod';
import { count, duration, isHostName, name, type Parsed, percent, textField } from '../settings/config.ts';
import { isDialable, isLoopbackLiteral, literalAddress } from './literals.ts';

/** When an address that answers is set aside all the same. */
const outliersConfig = z
  .strictObject({
    window: duration({ min: '1s', max: '10m', about: 'How far back exchanges are compared.' }).prefault('10s'),
    volume: count({
      min: 1,
      max: 1_000_000,
      about: 'Exchanges an address, and the others together, must have had in the window.',
    }).prefault(20),
    margin: percent({
      min: 1,
      about: 'By how much its share of failures and server errors must exceed that of the others together.',
    }).prefault('30%'),
  })
  .transform(({ window, volume, margin }) => ({ window_ms: window, volume, margin }))
  .meta({ description: 'When an address is set aside for answering worse than the others.' });

/** Passive ejection of a failing address, and its return. */
export const ejectionConfig = z
  .strictObject({
    failures: count({ min: 1, max: 1000, about: 'Failures in a row that set an address aside.' }).prefault(3),
    for: duration({
      min: '100ms',
      max: '1h',
      about: 'How long the address is set aside the first time; the time doubles while it keeps failing.',
    }).prefault('10s'),
    max: duration({ min: '100ms', max: '1d', about: 'The time doubles no further than this.' }).prefault('5m'),
    slow_start: duration({
      min: '1ms',
      max: '1h',
      about: 'How long the share of an address grows after it came back, or joined others.',
    }).prefault('10s'),
    max_ejected: percent({
      min: 0,
      about: 'While this share of the addresses is out of use, none more is set aside for answering worse than others.',
    }).prefault('50%'),
    outliers: outliersConfig.prefault({}),
  })
  .transform((ejection) => ({
    failures: ejection.failures,
    for_ms: ejection.for,
    max_ms: Math.max(ejection.for, ejection.max),
    slow_start_ms: ejection.slow_start,
    max_share: ejection.max_ejected,
    outliers: ejection.outliers,
  }))
  .meta({ description: 'When a failing address of the upstream is set aside, and how it comes back.' });

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

function readEndpointHost(text: string): Parsed<string> {
  return isCanonicalHost(text) ? { ok: true, value: text } : { ok: false, problem: CANONICAL };
}

/** One of the places where an upstream is. */
export const endpointConfig = z.strictObject({
  host: textField(readEndpointHost, {
    description: 'A host name, of which all addresses are used, or an address as it stands in a URL.',
    examples: ['orders-1.internal'],
    pattern: '^(?:[a-z0-9.-]{1,253}|\\[[0-9a-f:.]{2,45}\\])$',
    'x-kind': 'host',
  }),
  port: count({ min: 1, max: 65_535, about: 'Its port; by default that of url.' }).optional(),
  weight: count({ min: 1, max: 1000, about: 'Share of each of its addresses against those of the others.' }).prefault(
    1,
  ),
  locality: name('Where it stands; those of the locality of the gate come first.').optional(),
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

/** True where a host may be spoken to in clear: a literal loopback address. */
export function isPlainHost(host: string): boolean {
  return isLoopbackLiteral(host);
}
