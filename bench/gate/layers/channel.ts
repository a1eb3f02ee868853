/** A channel of some of the gate's steps, with stand-ins for what the others would have brought. */
import { answerHeaders } from '../../../src/channels/api/answer-headers.ts';
import type { ChannelPorts } from '../../../src/channels/api/channel.ts';
import { ApiExchange } from '../../../src/channels/api/exchange.ts';
import type { Connection } from '../../../src/channels/api/listener/connection.ts';
import type { ApiPlan } from '../../../src/channels/api/plan.ts';
import { observeExchange } from '../../../src/channels/api/review/usage/observe.ts';
import { admit } from '../../../src/channels/api/steps/admit.ts';
import { authenticate } from '../../../src/channels/api/steps/authenticate.ts';
import { authorize } from '../../../src/channels/api/steps/authorize.ts';
import { filter } from '../../../src/channels/api/steps/filter.ts';
import { forward } from '../../../src/channels/api/steps/forward.ts';
import { limit } from '../../../src/channels/api/steps/limit.ts';
import { match } from '../../../src/channels/api/steps/match.ts';
import { validate } from '../../../src/channels/api/steps/validate.ts';
import type { Transport } from '../../../src/channels/api/transport.ts';
import type { Upstream } from '../../../src/channels/api/upstream/upstream.ts';
import { outcomeRecord, type Steps, traceFrom, walk } from '../../../src/core/exchange/index.ts';
import { ANSWERS } from '../workload.ts';
import { has, type LayerName } from './layers.ts';

export interface LayerPorts extends ChannelPorts {
  /** Where a layer that has matched nothing sends everything. */
  readonly upstream: Upstream;
  readonly upstream_authority: string;
}

type OnRequest = (transport: Transport, connection: Connection) => Promise<void>;

export function layerChannel(layer: LayerName, ports: LayerPorts): OnRequest {
  if (layer === 'listener') return answerFixed;
  if (layer === 'upstream') return (transport) => passOn(transport, ports);
  const steps = stepsOf(layer, ports);
  const record = async (exchange: ApiExchange) => {
    exchange.status = exchange.answer?.status ?? null;
    exchange.response_bytes = exchange.answer?.body?.length ?? 0;
    if (!has(layer, 'record')) return;
    const outcome = outcomeRecord(exchange, ports.now());
    await ports.recordOutcome(outcome);
    ports.onOutcome(outcome, exchange.trace);
  };
  const walking = { monotonic: ports.monotonic, record, onDefect: ports.onDefect };
  return async (transport, connection) => {
    const plan = ports.plan();
    const exchange = newExchange(transport, connection, plan, ports);
    try {
      await walk(exchange, steps, walking);
      const { answer, verdict } = exchange;
      if (!verdict?.allowed || !answer) return refuse(exchange);
      transport.send(answer.status, answerHeaders(exchange, answer.headers), answer.body);
      if (has(layer, 'usage')) observeExchange(ports.usage, exchange);
      await transport.sent();
    } finally {
      exchange.settled();
    }
  };
}

function stepsOf(layer: LayerName, ports: LayerPorts): Steps<ApiExchange> {
  const steps: [LayerName, Steps<ApiExchange>[number]][] = [
    ['admit', ['admit', (exchange) => admit(exchange, ports)]],
    ['authenticate', ['authenticate', (exchange) => authenticate(exchange, ports.now())]],
    ['match', ['match', match]],
    ['limit', ['limit', (exchange) => limit(exchange, ports.monotonic())]],
    ['authorize', ['authorize', (exchange) => authorize(exchange, ports.monotonic())]],
    ['validate', ['validate', (exchange) => validate(exchange, ports)]],
  ];
  const recordIntent = has(layer, 'record') ? ports.recordIntent : () => Promise.resolve();
  const own = { ...ports, recordIntent };
  const sending: Steps<ApiExchange>[number] = has(layer, 'validate')
    ? ['forward', (exchange) => forward(exchange, own)]
    : ['forward', (exchange) => forwardRaw(exchange, ports)];
  const last: Steps<ApiExchange>[number] = has(layer, 'filter')
    ? ['filter', (exchange) => filter(exchange, own)]
    : ['filter', answerRaw];
  return [...steps.filter(([part]) => has(layer, part)).map(([, step]) => step), sending, last];
}

function newExchange(transport: Transport, connection: Connection, plan: ApiPlan, ports: LayerPorts): ApiExchange {
  const zone_plan = plan.zones.get(connection.zone)!;
  const exchange = new ApiExchange(
    {
      id: ports.ids.uuid7(),
      channel: 'api',
      zone: connection.zone,
      started_ms: ports.now(),
      source: connection.source,
      trace: traceFrom(undefined, ports.ids, ports.samples),
      plan_digest: plan.digest,
    },
    { transport, connection, plan, zone_plan, deadline_ms: ports.monotonic() + zone_plan.timeouts.total_ms },
  );
  exchange.http = { version: transport.http_version, method: transport.method };
  return exchange;
}

const FIXED = Buffer.from(ANSWERS.get);

async function answerFixed(transport: Transport): Promise<void> {
  if (transport.method === 'POST') {
    await transport.readBody(null, BODY_LIMITS);
    transport.send(201, JSON_TYPE, Buffer.from(ANSWERS.post));
  } else {
    // The parser is still in the head: an answer now would be one to a request that has not come to its end.
    await null;
    transport.send(200, JSON_TYPE, FIXED);
  }
  await transport.sent();
}

const JSON_TYPE = ['content-type', 'application/json'];
const BODY_LIMITS = { max_bytes: 2 * 1024 ** 2, timeout_ms: 30_000, late: 'ADMIT_BODY_LATE' } as const;
const TOTAL_MS = 60_000;
const MOST_BYTES = 8 * 1024 ** 2;

/** Fields of one connection, and what the client to the upstream writes itself. */
const NOT_PASSED = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'host',
  'content-length',
]);

function passed(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!;
    if (!NOT_PASSED.has(name.toLowerCase())) kept.push(name, headers[at + 1]!);
  }
  return kept;
}

async function send(transport: Transport, { upstream, upstream_authority, monotonic }: LayerPorts) {
  const body = transport.method === 'GET' ? null : await transport.readBody(null, BODY_LIMITS);
  return upstream.request({
    method: transport.method,
    path: transport.raw_target.replace(/^\/api/, ''),
    headers: ['host', upstream_authority, ...passed(transport.raw_fields)],
    body,
    party: 'bench',
    max_response_bytes: MOST_BYTES,
    deadline_ms: monotonic() + TOTAL_MS,
    safe_to_retry: body === null,
  });
}

async function passOn(transport: Transport, ports: LayerPorts): Promise<void> {
  const { status, headers, body } = await send(transport, ports);
  transport.send(status, passed(headers), body);
  await transport.sent();
}

async function forwardRaw(exchange: ApiExchange, ports: LayerPorts): Promise<void> {
  exchange.incoming = await send(exchange.transport, ports);
}

function answerRaw(exchange: ApiExchange): void {
  const { status, headers, body } = exchange.incoming!;
  exchange.answer = { status, headers: passed(headers), body };
}

async function refuse(exchange: ApiExchange): Promise<void> {
  const { verdict, transport } = exchange;
  const why = verdict && !verdict.allowed ? `${verdict.step}: ${verdict.refusal.code}` : 'no answer';
  transport.send(verdict && !verdict.allowed ? 403 : 502, ['content-type', 'text/plain'], Buffer.from(why));
  await transport.sent();
}
