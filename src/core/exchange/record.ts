import type { ExchangeRecord, IntentRecord } from '../audit/record.ts';
import type { Exchange } from './exchange.ts';

/** What is written before an unsafe operation is sent on. */
export function intentRecord(exchange: Exchange): IntentRecord {
  return {
    exchange_id: exchange.id,
    trace_id: exchange.trace.trace_id,
    started_ms: exchange.started_ms,
    plan: exchange.plan_digest,
    zone: exchange.zone,
    source: exchange.source,
    party: exchange.caller?.party ?? null,
    machine: exchange.caller?.machine ?? null,
    credential: exchange.presented_credential,
    operation: exchange.called?.id ?? null,
    path_template: exchange.called?.path_template ?? null,
    method: exchange.http?.method ?? null,
  };
}

/** The one outcome of an exchange. */
export function outcomeRecord(exchange: Exchange, ended_ms: number): ExchangeRecord {
  const { verdict } = exchange;
  const refused = verdict !== null && !verdict.allowed ? verdict : null;
  const detail = refused?.refusal.detail;
  const outcome: ExchangeRecord = {
    exchange_id: exchange.id,
    trace_id: exchange.trace.trace_id,
    span_id: exchange.trace.span_id,
    started_ms: exchange.started_ms,
    ended_ms,
    plan: exchange.plan_digest,
    zone: exchange.zone,
    channel: exchange.channel,
    source: exchange.source,
    party: exchange.caller?.party ?? null,
    machine: exchange.caller?.machine ?? null,
    credential: exchange.presented_credential,
    tls: exchange.tls,
    http: exchange.http,
    operation: exchange.called?.id ?? null,
    path_template: exchange.called?.path_template ?? null,
    request_bytes: exchange.request_bytes,
    response_bytes: exchange.response_bytes,
    steps_us: exchange.steps_us,
    verdict: refused === null ? 'allowed' : 'refused',
    code: refused?.refusal.code ?? null,
    step: refused?.step ?? null,
    pointer: detail?.pointer ?? null,
    rule: detail?.rule ?? null,
    reason: detail?.reason ?? null,
    status: exchange.status,
    upstream: exchange.upstream,
    policies: exchange.policies,
  };
  return exchange.guards.length === 0 ? outcome : { ...outcome, guards: exchange.guards };
}
