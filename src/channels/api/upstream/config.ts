/** What a configuration says about the service behind an API: where it is, and how it is judged. */
import { z } from 'zod';
import {
  ejectionConfig,
  endpointConfig,
  upstreamTimeoutsConfig,
  upstreamUrlConfig,
} from '../../../core/resolver/config.ts';
import { count, duration, hostName, type Parsed, percent, rate, textField } from '../../../core/settings/config.ts';
import { upstreamTrustConfig } from '../../../core/trust/config.ts';

const CHECK_PATH_PATTERN = "^/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,1023}$";
const CHECK_PATH = new RegExp(CHECK_PATH_PATTERN);

function readCheckPath(text: string): Parsed<string> {
  if (CHECK_PATH.test(text)) return { ok: true, value: text };
  return { ok: false, problem: 'must be a path such as /healthz, as it is to be sent, without a fragment' };
}

/** Checks of each address, beside the exchanges. */
const healthConfig = z
  .strictObject({
    path: textField(readCheckPath, {
      description: 'What is asked of each address with GET, from the root of the host.',
      examples: ['/healthz'],
      pattern: CHECK_PATH_PATTERN,
      'x-kind': 'path',
    }),
    interval: duration({ min: '100ms', max: '1h', about: 'Between two checks, up to a tenth more or less.' }).prefault(
      '10s',
    ),
    timeout: duration({
      min: '10ms',
      max: '1m',
      about: 'How long connecting, the handshake and the answer may each take.',
    }).prefault('2s'),
    statuses: z
      .array(count({ min: 200, max: 599, about: 'A status.' }))
      .min(1)
      .max(32)
      .prefault([200, 204])
      .meta({ description: 'Statuses of an address that is well; by default 200 and 204.' }),
    healthy: count({
      min: 1,
      max: 100,
      about: 'Checks in a row that must pass before an address is used again.',
    }).prefault(2),
    unhealthy: count({ min: 1, max: 100, about: 'Checks in a row that must fail to set an address aside.' }).prefault(
      3,
    ),
  })
  .transform(({ path, interval, timeout, statuses, healthy, unhealthy }) => ({
    path,
    interval_ms: interval,
    timeout_ms: timeout,
    statuses,
    healthy,
    unhealthy,
  }))
  .meta({
    description: 'Checks of each address beside the exchanges, proven like these. Without it, only exchanges tell.',
  });

/** How many requests may be sent once more. */
const retryBudgetConfig = z
  .strictObject({
    share: percent({ min: 0, about: 'Repetitions for the requests of the last ten seconds.' }).prefault('20%'),
    floor: rate('Repetitions allowed beside these, for an upstream with few requests.').prefault('3/s'),
  })
  .transform(({ share, floor }) => ({ share, floor_per_s: (floor.quota * 1000) / floor.window_ms }))
  .meta({
    description:
      'How many of all requests may be sent once more, so that an upstream in trouble does not get a multiple of its load.',
  });

/** When nothing is sent to an upstream for a while. */
const breakerConfig = z
  .strictObject({
    window: duration({ min: '1s', max: '10m', about: 'How far back exchanges are looked at.' }).prefault('10s'),
    volume: count({ min: 1, max: 1_000_000, about: 'Exchanges in the window before it may open.' }).prefault(20),
    share: percent({
      min: 1,
      about: 'It opens when more than this share of exchanges fails, the mean over all parties; 100%: never.',
    }).prefault('50%'),
    for: duration({ min: '100ms', max: '10m', about: 'How long it refuses before it lets a few through.' }).prefault(
      '5s',
    ),
    probes: count({
      min: 1,
      max: 1000,
      about: 'Exchanges let through at once while it is open, and how many must succeed for it to close.',
    }).prefault(3),
  })
  .transform(({ window, volume, share, for: for_ms, probes }) => ({
    window_ms: window,
    volume,
    share,
    for_ms,
    probes,
  }))
  .meta({ description: 'When exchanges are refused at once, because nearly all fail.' });

/** The service behind an API. */
export const upstreamConfig = z
  .strictObject({
    url: upstreamUrlConfig,
    endpoints: z.array(endpointConfig).min(1).max(256).optional().meta({
      description:
        'Where the service is reached, all at once, in place of the host of url. Each has to prove the same name.',
    }),
    trust: upstreamTrustConfig.optional(),
    server_name: hostName('Name the certificate must carry; by default the host of url.', 'orders.internal').optional(),
    connections: count({
      min: 1,
      max: 10_000,
      about: 'Connections of each worker to each address of the upstream.',
    }).prefault(64),
    timeouts: upstreamTimeoutsConfig.prefault({}),
    ejection: ejectionConfig.prefault({}),
    health: healthConfig.optional(),
    retries: count({
      min: 0,
      max: 5,
      about: 'Further attempts for a request that is safe to repeat, on another address where there is one.',
    }).prefault(1),
    retry_budget: retryBudgetConfig.prefault({}),
    breaker: breakerConfig.prefault({}),
  })
  .meta({ description: 'The service behind the gate.' });
