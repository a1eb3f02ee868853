import type { IntentRecord } from '../../../core/audit/record.ts';
import { Refusal } from '../../../core/errors/index.ts';
import { intentRecord } from '../../../core/exchange/index.ts';
import type { ApiExchange } from '../exchange.ts';

/**
 * Sends the rebuilt request to a proven receiver. An operation that may have effects first writes a durable
 * intent: what was executed never goes unrecorded, whatever happens next.
 */
export async function forward(
  exchange: ApiExchange,
  ports: { recordIntent: (intent: IntentRecord) => Promise<void> },
): Promise<void> {
  const { operation: planned } = exchange.proven();
  const outgoing = exchange.outgoing!;
  const { transport } = exchange;
  if (transport.gone) throw new Refusal('CLIENT_GONE');
  if (!planned.called.safe) await writeIntent(exchange, ports.recordIntent);
  exchange.upstream = { address: null, status: null, attempts: 0, trimmed: 0 };
  const answer = await planned.upstream.request({
    method: transport.method,
    path: outgoing.path,
    headers: outgoing.headers,
    body: outgoing.body,
    max_response_bytes: planned.response_bytes,
    deadline_ms: exchange.deadline_ms,
    safe_to_retry: planned.operation.idempotent,
    // A safe operation nobody waits for is ended. Others run to their end, so that the outcome is known.
    onGone: planned.called.safe ? (leave) => transport.onGone(leave) : undefined,
  });
  exchange.upstream.address = answer.address;
  exchange.upstream.status = answer.status;
  exchange.upstream.attempts = answer.attempts;
  exchange.incoming = answer;
}

async function writeIntent(exchange: ApiExchange, record: (intent: IntentRecord) => Promise<void>): Promise<void> {
  try {
    await record(intentRecord(exchange));
  } catch {
    throw new Refusal('FORWARD_INTENT');
  }
}
