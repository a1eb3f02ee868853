import { Refusal } from '../../../core/errors/index.ts';
import type { IdSource } from '../../../core/exchange/index.ts';
import { traceFrom } from '../../../core/exchange/index.ts';
import type { ApiExchange } from '../exchange.ts';
import { type AuthorityClaims, agreeOnHost, claimsAgain } from '../hygiene/authority.ts';
import { type Fields, readFields } from '../hygiene/fields.ts';
import { readFraming, readHttp2Framing } from '../hygiene/framing.ts';
import { readTarget, type Target } from '../hygiene/target.ts';
import type { Connection } from '../listener/connection.ts';
import type { Transport } from '../transport.ts';

/** Methods a contract may declare. CONNECT and TRACE are never carried, whatever a contract says. */
const METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH']);

export interface AdmitPorts {
  readonly ids: IdSource;
  readonly samples: (trace_id: string) => boolean;
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
  if (ports.draining() || (connection.ending && connection.session)) throw new Refusal('ADMIT_DRAINING');
  if (transport.wants_switch) throw new Refusal('ADMIT_UPGRADE', { reason: 'expectation or protocol' });
  const http2 = transport.http_version === '2' && connection.session !== null;
  if (!http2 && transport.http_version !== '1.1') throw new Refusal('ADMIT_PARSE', { reason: 'HTTP version' });
  if (transport.headers_too_large) throw new Refusal('ADMIT_HEADERS_TOO_LARGE');
  const fields = readFields(transport.raw_fields);
  const parent = fields.single('traceparent');
  if (parent !== undefined) exchange.trace = traceFrom(parent, ports.ids, ports.samples);
  if (!METHODS.has(transport.method)) throw new Refusal('ADMIT_METHOD');
  const framing = http2 ? readHttp2Framing(fields, transport.end_of_stream) : readFraming(fields);
  checkSwitch(fields);
  const target = readTarget(transport.raw_target);
  if (http2) checkHttp2Target(transport, target);
  // RFC 9112 section 3.2: an HTTP/1.1 request without Host is refused, also with an absolute-form target.
  else if (hostField(fields) === null) throw new Refusal('ADMIT_HOST', { reason: 'missing' });
  const host = hostOf(connection, {
    host: hostField(fields),
    authority: transport.authority ?? target.authority,
    sni: connection.tls?.sni ?? null,
  });
  exchange.request = { path: target.path, query: target.query, fields, framing, host };
}

/** Requests of one connection claim the same as a rule; what was found about it once is kept. */
function hostOf(connection: Connection, claims: AuthorityClaims): string {
  const { agreed } = connection;
  if (agreed && claimsAgain(agreed, claims)) return agreed.host;
  const host = agreeOnHost(claims, connection.names);
  connection.agreed = { claims, host };
  return host;
}

/** The only expectation is 100-continue, alone (RFC 9110 section 10.1.1); protocols are never switched (section 7.8). */
function checkSwitch(fields: Fields): void {
  const expected = fields.single('expect');
  if (expected !== undefined && expected.toLowerCase() !== '100-continue') {
    throw new Refusal('ADMIT_UPGRADE', { reason: 'expectation' });
  }
  if (fields.single('upgrade') !== undefined) throw new Refusal('ADMIT_UPGRADE', { reason: 'protocol' });
}

function checkHttp2Target({ scheme }: Transport, { authority }: Target): void {
  if (authority !== null) throw new Refusal('ADMIT_TARGET', { reason: 'absolute form in HTTP/2' });
  if (scheme !== 'https') throw new Refusal('ADMIT_MISDIRECTED', { reason: 'scheme differs from the connection' });
}

function hostField(fields: Fields): string | null {
  return fields.single('host') ?? null;
}
