/** What a configuration says about the API channel: listeners, their time-outs, and the APIs behind the gate. */
import { z } from 'zod';
import {
  count,
  duration,
  hostName,
  ipAddress,
  name,
  type Parsed,
  path,
  textField,
} from '../../core/settings/config.ts';
import { certificateConfig } from '../../core/trust/config.ts';
import { guardsConfig } from './guards/config.ts';
import { apiLimitsConfig } from './limits-config.ts';
import { upstreamConfig } from './upstream/config.ts';

/** One address and port where the zone listens. */
export const listenerConfig = z.strictObject({
  address: ipAddress('Address to bind; 0.0.0.0 and :: bind every address.', '127.0.0.1').prefault('127.0.0.1'),
  port: count({ min: 0, max: 65_535, about: 'Port to bind; 0 takes any free port.' }),
  names: z
    .array(hostName('A host name served here.', 'gate.example.com'))
    .min(1)
    .meta({ description: 'Host names served here; SNI and Host must be one of them.' }),
  certificate: certificateConfig,
});

/** How long a caller may take. */
export const zoneTimeoutsConfig = z
  .strictObject({
    handshake: duration({ min: '100ms', max: '1m', about: 'The TLS handshake.' }).prefault('10s'),
    headers: duration({ min: '100ms', max: '5m', about: 'The header section of a request.' }).prefault('10s'),
    body: duration({ min: '100ms', max: '10m', about: 'The body of a request.' }).prefault('30s'),
    idle: duration({ min: '1s', max: '1h', about: 'Silence between requests on a connection.' }).prefault('60s'),
    total: duration({ min: '100ms', max: '1h', about: 'A whole exchange, from first byte to answer.' }).prefault('60s'),
  })
  .transform((timeouts) => ({
    handshake_ms: timeouts.handshake,
    headers_ms: timeouts.headers,
    body_ms: timeouts.body,
    idle_ms: timeouts.idle,
    total_ms: timeouts.total,
  }))
  .meta({ description: 'How long a caller may take.' });

const PREFIX_PATTERN = '^(/|(/(?!\\.\\.?(/|$))[A-Za-z0-9._~-]+)+)$';
const PREFIX = new RegExp(PREFIX_PATTERN);

function readPrefix(text: string): Parsed<string> {
  if (PREFIX.test(text) && text.length <= 256) return { ok: true, value: text === '/' ? '' : text };
  return {
    ok: false,
    problem: 'must be a path such as /orders-api: segments of letters, digits, hyphen, dot, underscore and tilde',
  };
}

/** One API: its contract, where it is served and the service behind it. */
export const apiConfig = z.strictObject({
  contract: path('The OpenAPI 3.0 or 3.1 document. What it does not declare is refused.', 'contracts/orders.yaml'),
  overlays: z
    .array(path('An OpenAPI Overlay 1.0 document.', 'contracts/orders.overlay.yaml'))
    .max(32)
    .prefault([])
    .meta({ description: 'OpenAPI Overlay 1.0 documents, applied to the contract in this order.' }),
  review: z.enum(['optional', 'required']).prefault('optional').meta({
    description:
      'Whether an operation that nobody has reviewed as it is stops the load; see `sallyport contract accept`.',
  }),
  zones: z.array(name('A zone.')).min(1).meta({ description: 'Zones where the API is served.' }),
  path: textField(readPrefix, {
    description: 'Path at the gate before the paths of the contract.',
    examples: ['/orders-api'],
    pattern: PREFIX_PATTERN,
    'x-kind': 'path prefix',
  }).prefault('/'),
  upstream: upstreamConfig,
  limits: apiLimitsConfig.prefault({}),
  guards: guardsConfig.prefault({}),
});
