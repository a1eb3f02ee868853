import type { IntentRecord } from '../../../core/audit/record.ts';
import { Refusal } from '../../../core/errors/index.ts';
import { intentRecord } from '../../../core/exchange/index.ts';
import { isSentOnce, takeStreamShare } from '../bodies/stream-share.ts';
import { isStreamed } from '../contract/responses.ts';
import type { ApiExchange } from '../exchange.ts';
import { Fields } from '../hygiene/fields.ts';
import type { UpstreamAnswer } from '../upstream/upstream.ts';

/**
 * Sends the rebuilt request to a proven receiver. An operation that may have effects first writes a durable
 * intent: what was executed never goes unrecorded, whatever happens next.
 */
export async function forward(
  exchange: ApiExchange,
  ports: { recordIntent: (intent: IntentRecord) => Promise<void> },
): Promise<void> {
  const { operation: planned, caller } = exchange.proven();
  const refusal = planned.upstream.refusal(caller.party);
  if (refusal) throw refusal;
  if (exchange.transport.gone) throw new Refusal('CLIENT_GONE');
  if (isSentOnce(exchange)) takeStreamShare(exchange);
  if (!planned.called.safe) await writeIntent(exchange, ports.recordIntent);
  exchange.upstream = { address: null, status: null, attempts: 0, trimmed: 0 };
  const answer = await send(exchange);
  exchange.upstream.address = answer.address;
  exchange.upstream.status = answer.status;
  exchange.upstream.attempts = answer.attempts;
  exchange.incoming = answer;
}

function send(exchange: ApiExchange): Promise<UpstreamAnswer> {
  const { operation: planned, caller } = exchange.proven();
  const { transport } = exchange;
  const { path, headers, body } = exchange.outgoing!;
  const { responses, idempotent } = planned.operation;
  return planned.upstream.request({
    method: transport.method,
    party: caller.party,
    path,
    headers,
    body,
    max_response_bytes: planned.response_bytes,
    deadline_ms: exchange.deadline_ms,
    safe_to_retry: idempotent && !isSentOnce(exchange),
    // The answer to HEAD has no body to stream.
    streams: (status, fields) => {
      if (transport.method === 'HEAD') return null;
      const streamed = isStreamed(responses, status, () => new Fields(fields).single('content-type'));
      return streamed ? planned.bounds.response_bytes : null;
    },
    // A safe operation nobody waits for is ended. Others run to their end, so that the outcome is known.
    onGone: planned.called.safe ? (leave) => transport.onGone(leave) : undefined,
  });
}

export async function writeIntent(
  exchange: ApiExchange,
  record: (intent: IntentRecord) => Promise<void>,
): Promise<void> {
  try {
    await record(intentRecord(exchange));
  } catch {
    throw new Refusal('FORWARD_INTENT');
  }
}
