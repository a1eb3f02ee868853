/**
 * Exchanges as OpenTelemetry traces: the JSON body of an OTLP/HTTP export (OTLP 1.x, "JSON Protobuf Encoding": ids in
 * hexadecimal, 64-bit integers as text, enumerations as numbers, names in lowerCamelCase). Nothing is sent here.
 *
 * Like the record they are made of, spans have no place for a body, a query, a header field or a token.
 */
import { createHash } from 'node:crypto';
import type { ExchangeRecord } from '../audit/record.ts';
import { STEPS, type StepName } from '../errors/index.ts';

/** One exchange, and what the record does not say of its trace. */
export interface TracedExchange {
  readonly outcome: ExchangeRecord;
  /** The caller's span, 16 hexadecimal digits; null where the trace begins at the gate. */
  readonly parent_id: string | null;
}

export interface OtlpResource {
  /** Name of the gate. */
  readonly gate: string;
  readonly version: string;
}

type Value = { readonly stringValue: string } | { readonly intValue: string };

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number };
}

export interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly spans: readonly Span[];
    }[];
  }[];
}

const KIND_INTERNAL = 1;
const KIND_SERVER = 2;
const STATUS_ERROR = 2;
const NANOSECONDS_IN_US = 1000n;
const NANOSECONDS_IN_MS = 1_000_000n;

/** A span for each exchange that was a request, with a child for each step it took. */
export function otlpTraces({ gate, version }: OtlpResource, exchanges: readonly TracedExchange[]): OtlpTraces {
  const attributes = [
    text('service.name', 'sallyport'),
    text('service.instance.id', gate),
    text('service.version', version),
  ];
  const spans = exchanges.flatMap(spansOf);
  return {
    resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: 'sallyport', version }, spans }] }],
  };
}

/** What never was a request, such as a failed handshake, belongs to no trace. */
function spansOf({ outcome, parent_id }: TracedExchange): Span[] {
  const { span_id, trace_id } = outcome;
  if (span_id === undefined) return [];
  const start = BigInt(outcome.started_ms) * NANOSECONDS_IN_MS;
  const children = stepSpans(outcome, span_id, start);
  const last = children.at(-1)?.end ?? start;
  const ended = BigInt(outcome.ended_ms) * NANOSECONDS_IN_MS;
  const exchange: Span = {
    traceId: trace_id,
    spanId: span_id,
    ...(parent_id === null ? {} : { parentSpanId: parent_id }),
    name: outcome.operation ?? outcome.http?.method ?? outcome.channel,
    kind: KIND_SERVER,
    startTimeUnixNano: String(start),
    // Milliseconds may end before the microseconds of the steps do; a child does not outlive its parent.
    endTimeUnixNano: String(ended > last ? ended : last),
    attributes: attributesOf(outcome),
    status: outcome.status !== null && outcome.status < 500 ? {} : { code: STATUS_ERROR },
  };
  return [exchange, ...children.map(({ span }) => span)];
}

/** Steps follow each other without a gap, so that their durations say where each began. */
function stepSpans(outcome: ExchangeRecord, parent: string, start: bigint): { span: Span; end: bigint }[] {
  let at = start;
  return STEPS.flatMap((step) => {
    const took_us = outcome.steps_us[step];
    if (took_us === undefined) return [];
    const begin = at;
    at += BigInt(Math.max(0, Math.round(took_us))) * NANOSECONDS_IN_US;
    const refused = outcome.step === step && outcome.code !== null;
    const span: Span = {
      traceId: outcome.trace_id,
      spanId: stepId(parent, step),
      parentSpanId: parent,
      name: step,
      kind: KIND_INTERNAL,
      startTimeUnixNano: String(begin),
      endTimeUnixNano: String(at),
      attributes: refused && outcome.code ? [text('sallyport.code', outcome.code)] : [],
      status: refused ? { code: STATUS_ERROR } : {},
    };
    return [{ span, end: at }];
  });
}

/** Made of the parent's id: the same exchange told twice is the same spans. */
function stepId(parent: string, step: StepName): string {
  return createHash('sha256').update(`${parent} ${step}`).digest('hex').slice(0, 16);
}

/** Names of the semantic conventions for HTTP where there are some. */
function attributesOf(outcome: ExchangeRecord): Attribute[] {
  const { http, path_template, status, upstream } = outcome;
  return [
    text('sallyport.exchange', outcome.exchange_id),
    text('sallyport.zone', outcome.zone),
    text('sallyport.verdict', outcome.verdict),
    ...optional('sallyport.code', outcome.code),
    ...optional('sallyport.operation', outcome.operation),
    ...optional('sallyport.party', outcome.party),
    ...optional('sallyport.machine', outcome.machine),
    ...optional('http.request.method', http?.method ?? null),
    ...optional('network.protocol.version', http?.version ?? null),
    ...optional('http.route', path_template),
    ...(status === null ? [] : [integer('http.response.status_code', status)]),
    integer('http.request.body.size', outcome.request_bytes),
    integer('http.response.body.size', outcome.response_bytes),
    ...optional('sallyport.upstream.address', upstream?.address ?? null),
    ...(upstream === null ? [] : [integer('sallyport.upstream.attempts', upstream.attempts)]),
  ];
}

function text(key: string, stringValue: string): Attribute {
  return { key, value: { stringValue } };
}

function integer(key: string, value: number): Attribute {
  return { key, value: { intValue: String(value) } };
}

function optional(key: string, value: string | null): Attribute[] {
  return value === null ? [] : [text(key, value)];
}
