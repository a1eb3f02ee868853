/** What a configuration says about traces: to which collector they go, and how many. */
import { z } from 'zod';
import { upstreamTimeoutsConfig, upstreamUrlConfig } from '../resolver/config.ts';
import { duration, hostName, percent, rate, size } from '../settings/config.ts';
import { upstreamTrustConfig } from '../trust/config.ts';

/** Where traces go. It is proven like a service behind the gate. */
const collectorConfig = z
  .strictObject({
    url: upstreamUrlConfig.meta({
      description: 'Its OTLP/HTTP endpoint, to which /v1/traces is added; http only for a literal loopback address.',
      examples: ['https://collector.internal:4318'],
    }),
    trust: upstreamTrustConfig
      .meta({
        description: 'Who may certify the collector: system (the CAs of the system) or the path of a PEM bundle.',
        examples: ['pki/collector-ca.pem'],
      })
      .optional(),
    server_name: hostName(
      'Name the certificate must carry; by default the host of url.',
      'collector.internal',
    ).optional(),
    timeouts: upstreamTimeoutsConfig.prefault({}),
  })
  .meta({ description: 'The OpenTelemetry collector, spoken to with OTLP/HTTP in JSON.' });

/** Traces; without it nothing is exported. */
export const tracesConfig = z
  .strictObject({
    collector: collectorConfig,
    share: percent({
      min: 0,
      about: 'Share of the exchanges, picked by their trace id as OpenTelemetry’s consistent sampling does.',
    }).prefault('10%'),
    asked: rate(
      'Exchanges beyond the share that are exported because an authenticated caller set the sampled flag, for each worker; without it the flag is not looked at.',
    ).optional(),
    queue: size({
      min: '64KiB',
      max: '1GiB',
      about: 'Most that waits in each worker for the collector; what comes then is dropped and counted.',
    }).prefault('4MiB'),
    batch: size({ min: '4KiB', max: '16MiB', about: 'Most that is sent at once.' }).prefault('512KiB'),
    every: duration({ min: '100ms', max: '1m', about: 'How long a span waits for others to be sent with.' }).prefault(
      '5s',
    ),
  })
  .transform(({ collector, share, asked, queue, batch, every }) => ({
    collector,
    share,
    asked: asked ?? null,
    queue_bytes: queue,
    batch_bytes: Math.min(batch, queue),
    every_ms: every,
  }))
  .meta({
    description: 'Exchanges as OpenTelemetry traces, sent to a collector. Without it none are; see docs/traces.md.',
  });
