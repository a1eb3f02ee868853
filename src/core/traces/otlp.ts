/**
 * Exchanges as OpenTelemetry traces: the JSON body of an OTLP/HTTP export (OTLP 1.x, "JSON Protobuf Encoding": ids in
 * hexadecimal, 64-bit integers as text, enumerations as numbers, names in lowerCamelCase). Nothing is sent here.
 *
 * Like the record they are made of, spans have no place for a body, a query, a header field or a token. They hold less:
 * not the caller's address, nor why and where an exchange was refused, which the record has for its readers alone.
 */
import { hash } from 'node:crypto';
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
  /** Which of the gate's workers carried the exchanges, from 1. */
  readonly worker: number;
}

type Value = { readonly stringValue: string } | { readonly intValue: string };

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

export interface Span {
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

const KIND_INTERNAL = 1;
const KIND_SERVER = 2;
const KIND_CLIENT = 3;
const STATUS_ERROR = 2;
const US_IN_MS = 1000;
/** Most UTF-16 units of a value, as records have them. */
const TEXT_UNITS = 512;
const NAME_UNITS = 128;

/** What stands before and after the spans of an export; both are JSON text. */
export function exportFrame({ gate, version, worker }: OtlpResource): readonly [before: string, after: string] {
  const attributes = [
    text('service.name', 'sallyport'),
    text('service.instance.id', gate),
    text('service.version', version),
    integer('sallyport.worker', worker),
  ];
  const scope = { name: 'sallyport', version };
  const whole = JSON.stringify({
    resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope, spans: [] }] }],
  });
  const at = whole.lastIndexOf('[]') + 1;
  return [whole.slice(0, at), whole.slice(at)];
}

/** How many spans `spansOf` makes of an exchange. */
export function spanCount({ span_id, steps_us }: ExchangeRecord): number {
  if (span_id === undefined) return 0;
  let count = 1;
  for (const step of STEPS) if (steps_us[step] !== undefined) count++;
  return count;
}

/**
 * A span for an exchange that was a request, with a child for each step it took; the one of `forward` is the call of the
 * service. What never was a request, such as a failed handshake, belongs to no trace.
 */
export function spansOf({ outcome, parent_id }: TracedExchange): Span[] {
  const { span_id, trace_id } = outcome;
  if (span_id === undefined) return [];
  const start_us = whole(outcome.started_ms * US_IN_MS);
  const children = stepSpans(outcome, span_id, start_us);
  const last_us = children.at(-1)?.end_us ?? start_us;
  const exchange: Span = {
    traceId: trace_id,
    spanId: span_id,
    ...(parent_id === null ? {} : { parentSpanId: parent_id }),
    name: bounded(outcome.operation ?? outcome.http?.method ?? outcome.channel, NAME_UNITS),
    kind: KIND_SERVER,
    startTimeUnixNano: nanoseconds(start_us),
    // Milliseconds may end before the microseconds of the steps do; a child does not outlive its parent.
    endTimeUnixNano: nanoseconds(Math.max(whole(outcome.ended_ms * US_IN_MS), last_us)),
    attributes: attributesOf(outcome),
    status: outcome.status !== null && outcome.status < 500 ? {} : { code: STATUS_ERROR },
  };
  return [exchange, ...children.map(({ span }) => span)];
}

/** Unix time in microseconds fits a safe integer, in nanoseconds it would not. */
function nanoseconds(time_us: number): string {
  return time_us === 0 ? '0' : `${time_us}000`;
}

/** Protobuf refuses an integer with a fraction, and the whole export with it; what is no number is none. */
function whole(value: number): number {
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) && rounded > 0 ? rounded : 0;
}

/** Steps follow each other without a gap, so that their durations say where each began. */
function stepSpans(outcome: ExchangeRecord, parent: string, start_us: number): { span: Span; end_us: number }[] {
  let at_us = start_us;
  const stem = idStem(parent);
  return STEPS.flatMap((step, index) => {
    const took_us = outcome.steps_us[step];
    if (took_us === undefined) return [];
    const begin_us = at_us;
    at_us += whole(took_us);
    const refused = outcome.step === step && outcome.code !== null;
    const span: Span = {
      traceId: outcome.trace_id,
      spanId: `${stem}${(index + 1).toString(16)}`,
      parentSpanId: parent,
      name: step,
      kind: calls(step, outcome) ? KIND_CLIENT : KIND_INTERNAL,
      startTimeUnixNano: nanoseconds(begin_us),
      endTimeUnixNano: nanoseconds(at_us),
      attributes: [
        ...(refused ? optional('sallyport.code', outcome.code) : []),
        ...(calls(step, outcome) ? upstreamAttributes(outcome) : []),
      ],
      status: refused ? { code: STATUS_ERROR } : {},
    };
    return [{ span, end_us: at_us }];
  });
}

function calls(step: StepName, { upstream }: ExchangeRecord): boolean {
  return step === 'forward' && upstream !== null;
}

/**
 * All but the last of the 16 digits of the ids of an exchange's steps. Made of its own id: the same exchange told twice is
 * the same spans. Its own id will not do: the steps of two gates that one call passes through would be alike in part.
 */
function idStem(parent: string): string {
  return hash('sha256', `${parent} steps`, 'hex').slice(0, 15);
}

/** Names of the semantic conventions for HTTP where there are some. */
function attributesOf(outcome: ExchangeRecord): Attribute[] {
  const { http, path_template, status } = outcome;
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
    ...optional('http.route', path_template, TEXT_UNITS),
    ...(status === null ? [] : [integer('http.response.status_code', status)]),
    integer('http.request.body.size', outcome.request_bytes),
    integer('http.response.body.size', outcome.response_bytes),
  ];
}

/** Of a call that got no answer the record knows neither who nor how often. */
function upstreamAttributes({ upstream }: ExchangeRecord): Attribute[] {
  if (upstream?.address == null) return [];
  const { address, status, attempts } = upstream;
  return [
    text('network.peer.address', address),
    ...(status === null ? [] : [integer('http.response.status_code', status)]),
    integer('sallyport.upstream.attempts', attempts),
  ];
}

function text(key: string, value: string, units: number = NAME_UNITS): Attribute {
  return { key, value: { stringValue: bounded(value, units) } };
}

/** Protobuf refuses a text with a lone surrogate, and the whole export with it. */
function bounded(value: string, units: number): string {
  return (value.length > units ? `${value.slice(0, units)}\u2026` : value).toWellFormed();
}

function integer(key: string, value: number): Attribute {
  return { key, value: { intValue: String(whole(value)) } };
}

function optional(key: string, value: string | null, units?: number): Attribute[] {
  return value === null ? [] : [text(key, value, units)];
}
