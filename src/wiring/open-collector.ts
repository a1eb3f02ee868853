import { reasonText } from '../channels/api/upstream/failure.ts';
import { createUpstream, type Upstream, type UpstreamAnswer } from '../channels/api/upstream/upstream.ts';
import type { TracesConfig } from '../config/load.ts';
import { Refusal, type RefusalCode } from '../core/errors/index.ts';
import type { Dialler } from '../core/resolver/index.ts';
import { type Batch, type Collector, type Delivery, judgeAnswer } from '../core/traces/index.ts';

export interface CollectorPorts {
  readonly dialler: Dialler;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds with fraction. */
  readonly monotonic: () => number;
  readonly random: () => number;
}

const PATH = '/v1/traces';
const HEADERS = [
  ...['user-agent', 'sallyport', 'content-type', 'application/json'],
  ...['accept', 'application/json', 'accept-encoding', 'identity'],
];
const MAX_HEADER_BYTES = 16 * 1024;
/** An answer says how many spans were rejected, and why; more than this is no answer. */
const MAX_ANSWER_BYTES = 64 * 1024;
const KEEP_ALIVE_MS = 4000;
/** Beside the time-outs of each phase: an answer that trickles ends here. */
const WHOLE_MS = 30_000;

/** What was sent may have been taken, and what came in answer will not be other the next time. */
const FOR_GOOD: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'FILTER_BODY_TOO_LARGE',
  'FORWARD_PROTOCOL',
  'INTERNAL',
]);

/**
 * The collector of a configuration: proven, dialled and timed like a service behind the gate, and nothing is dialled before
 * there is something to send. Its breaker never opens and nothing is repeated here: the exporter has its own patience.
 */
export function openCollector(
  { url, server_name, timeouts }: TracesConfig['collector'],
  ca: readonly string[] | 'system',
  { dialler, now, monotonic, random }: CollectorPorts,
): Collector {
  const upstream = createUpstream({
    name: 'traces',
    url,
    endpoints: [{ host: url.hostname, port: portOf(url), weight: 1, locality: null }],
    locality: null,
    ca,
    ...(server_name === null ? {} : { server_name }),
    connections: 1,
    timeouts,
    keep_alive_ms: KEEP_ALIVE_MS,
    ejection: { failures: 2, for_ms: 10_000, max_ms: 60_000, slow_start_ms: 1, max_share: 0.5, outliers: null },
    retries: 0,
    retry_budget: { share: 0, floor_per_s: 1 },
    breaker: { window_ms: 10_000, volume: 1_000_000, share: 1, for_ms: 1_000, probes: 1 },
    checks: null,
    max_header_bytes: MAX_HEADER_BYTES,
    dialler,
    now: monotonic,
    random,
    onHealth: () => undefined,
  });
  return collectorOver(upstream, `${url.pathname.replace(/\/$/, '')}${PATH}`, { now, monotonic });
}

function collectorOver(
  upstream: Upstream,
  path: string,
  { now, monotonic }: Pick<CollectorPorts, 'now' | 'monotonic'>,
): Collector {
  let leave: (() => void) | null = null;
  const send = (body: Buffer): Promise<UpstreamAnswer> =>
    upstream.request({
      method: 'POST',
      party: 'traces',
      path,
      headers: HEADERS,
      body,
      max_response_bytes: MAX_ANSWER_BYTES,
      deadline_ms: monotonic() + WHOLE_MS,
      // Spans have ids: told twice, they are the same spans.
      safe_to_retry: true,
      onGone(to_leave) {
        leave = to_leave;
      },
    });
  return {
    async post({ body, spans }: Batch): Promise<Delivery> {
      try {
        const answer = await send(body);
        return judgeAnswer({ ...answer, retry_after: fieldOf(answer, 'retry-after') }, spans, now());
      } catch (error) {
        return undelivered(error);
      } finally {
        leave = null;
      }
    },
    giveUp: () => leave?.(),
    close: () => upstream.close(),
  };
}

function undelivered(error: unknown): Delivery {
  const refusal = error instanceof Refusal ? error : new Refusal('INTERNAL');
  return { taken: false, again: !FOR_GOOD.has(refusal.code), after_ms: 0, why: reasonText(refusal) };
}

function fieldOf({ headers }: UpstreamAnswer, name: string): string | null {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) return headers[index + 1] ?? null;
  }
  return null;
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}
