import { Refusal } from '../../../core/errors/index.ts';
import type { IdSource } from '../../../core/exchange/index.ts';
import { traceFrom } from '../../../core/exchange/index.ts';
import type { ApiExchange } from '../exchange.ts';
import { agreeOnHost } from '../hygiene/authority.ts';
import { type Fields, readFields } from '../hygiene/fields.ts';
import { readFraming, readHttp2Framing } from '../hygiene/framing.ts';
import { readTarget } from '../hygiene/target.ts';

/** Methods a contract may declare. CONNECT and TRACE are never carried, whatever a contract says. */
const METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH']);

export interface AdmitPorts {
  readonly ids: IdSource;
  readonly draining: () => boolean;
  readonly monotonic: () => number;
}

/**
 * The budget of the source, then protocol hygiene: whatever two parsers could read two ways is refused before
 * anybody acts on it. The caps of the connection itself were applied when it was accepted.
 */
export function admit(exchange: ApiExchange, ports: AdmitPorts): void {
  const { transport, connection } = exchange;
  const retry_after_s = exchange.zone_plan.budgets.takeSource(connection.lease.source, ports.monotonic());
  if (retry_after_s > 0) throw new Refusal('LIMIT_SOURCE', { retry_after_s });
  if (ports.draining() || connection.ending) throw new Refusal('ADMIT_DRAINING');
  if (transport.wants_switch) throw new Refusal('ADMIT_UPGRADE', { reason: 'expectation or protocol' });
  const http2 = transport.http_version === '2' && connection.session !== null;
  if (!http2 && transport.http_version !== '1.1') throw new Refusal('ADMIT_PARSE', { reason: 'HTTP version' });
  const fields = readFields(transport.raw_fields);
  exchange.trace = traceFrom(fields.single('traceparent'), ports.ids);
  if (!METHODS.has(transport.method)) throw new Refusal('ADMIT_METHOD');
  const framing = http2 ? readHttp2Framing(fields, transport.end_of_stream) : readFraming(fields);
  const target = readTarget(transport.raw_target);
  if (http2 && target.authority !== null) throw new Refusal('ADMIT_TARGET', { reason: 'absolute form in HTTP/2' });
  const host = agreeOnHost(
    {
      host: hostField(fields),
      authority: transport.authority ?? target.authority,
      sni: connection.tls?.sni ?? null,
    },
    connection.names,
  );
  exchange.request = { path: target.path, query: target.query, fields, framing, host };
}

function hostField(fields: Fields): string | null {
  return fields.single('host') ?? null;
}
