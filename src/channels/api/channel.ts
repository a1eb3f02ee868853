import type { ExchangeRecord, IntentRecord } from '../../core/audit/record.ts';
import { CODES, PROBLEMS, Refusal, type RefusalCode, type StepName } from '../../core/errors/index.ts';
import { type IdSource, outcomeRecord, type Steps, type Trace, traceFrom, walk } from '../../core/exchange/index.ts';
import { answerHeaders } from './answer-headers.ts';
import { declaredPointer } from './contract/declared-names.ts';
import { ApiExchange, type BegunAnswer } from './exchange.ts';
import type { VolumeMemory } from './guards/volume-memory.ts';
import type { Connection } from './listener/connection.ts';
import type { RefusedSource } from './listener/options.ts';
import type { ApiPlan } from './plan.ts';
import { refusalAnswer } from './refusal-answer.ts';
import type { UsageBook } from './review/usage/book.ts';
import { observeExchange } from './review/usage/observe.ts';
import { admit } from './steps/admit.ts';
import { authenticate, proofOf } from './steps/authenticate.ts';
import { authorize } from './steps/authorize.ts';
import { filter } from './steps/filter.ts';
import { forward } from './steps/forward.ts';
import { limit } from './steps/limit.ts';
import { match } from './steps/match.ts';
import { validate } from './steps/validate.ts';
import type { Transport } from './transport.ts';

/** What the channel needs from outside: time, ids, the record, the plan in force. */
export interface ChannelPorts {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds with fraction. */
  readonly monotonic: () => number;
  readonly ids: IdSource;
  /** The plan in force; asked once per exchange. */
  readonly plan: () => ApiPlan;
  readonly draining: () => boolean;
  readonly recordIntent: (intent: IntentRecord) => Promise<void>;
  readonly recordOutcome: (outcome: ExchangeRecord) => Promise<void>;
  /** Whether a trace that begins at the gate is exported. */
  readonly samples: (trace_id: string) => boolean;
  /** Told of every outcome that is on record, and of the trace it belongs to; null for what never was a request. */
  readonly onOutcome: (outcome: ExchangeRecord, trace: Trace | null) => void;
  /** What is known of how much each party usually gets. */
  readonly volumes: VolumeMemory;
  /** Where it is counted what of the contracts is used. */
  readonly usage: UsageBook;
  /** Told of a defect of ours; gets no payload. */
  readonly onDefect: (error: unknown, step: StepName) => void;
}

export interface ApiChannel {
  onRequest(transport: Transport, connection: Connection): Promise<void>;
  onRefused(connection: Connection | RefusedSource, code: RefusalCode, reason: string): Promise<void>;
  /** False for a connection whose TLS version or certificate is not accepted under the plan in force. */
  stillProven(connection: Connection): boolean;
}

/** The API channel: REST calls over HTTP/1.1 and HTTP/2, each through all nine steps. */
export function createApiChannel(ports: ChannelPorts): ApiChannel {
  const steps: Steps<ApiExchange> = [
    ['admit', (exchange) => admit(exchange, ports)],
    ['authenticate', (exchange) => authenticate(exchange, ports.now())],
    ['match', match],
    ['limit', (exchange) => limit(exchange, ports.monotonic())],
    ['authorize', (exchange) => authorize(exchange, ports.monotonic())],
    ['validate', (exchange) => validate(exchange, ports)],
    ['forward', (exchange) => forward(exchange, ports)],
    ['filter', (exchange) => filter(exchange, ports)],
  ];

  async function record(exchange: ApiExchange): Promise<void> {
    tellWhoEnded(exchange);
    settleAnswer(exchange);
    // Before the wait for the disk: requests that came in the same bytes are not read either.
    if (isLast(exchange)) exchange.connection.endAfter(exchange.transport);
    const outcome = withoutFreeText(outcomeRecord(exchange, ports.now()), exchange);
    await ports.recordOutcome(outcome);
    ports.onOutcome(outcome, exchange.trace);
  }

  const walking = { monotonic: ports.monotonic, record, onDefect: ports.onDefect };

  return {
    stillProven(connection) {
      // Before TLS stands nothing is proven; its first request will be judged by the plan of then.
      if (!connection.secure) return true;
      const zone_plan = ports.plan().zones.get(connection.zone);
      if (!zone_plan || (zone_plan.tls === 'modern' && connection.tls?.version !== 'TLSv1.3')) return false;
      return proofOf(connection, zone_plan, ports.now()).code === null;
    },

    async onRequest(transport, connection) {
      const plan = ports.plan();
      const zone_plan = plan.zones.get(connection.zone);
      // A zone that a reload took away has no listener soon; until then nothing is declared in it.
      if (!zone_plan) return connection.destroy();
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
        {
          transport,
          connection,
          plan,
          zone_plan,
          deadline_ms: ports.monotonic() + zone_plan.timeouts.total_ms,
        },
      );
      exchange.http = { version: transport.http_version, method: recordedMethod(transport.method) };
      try {
        await walk(exchange, steps, walking);
        settleAnswer(exchange);
        deliver(exchange, ports);
        countUse(exchange, ports);
        await transport.sent();
      } finally {
        exchange.settled();
      }
    },

    async onRefused(connection, code, reason) {
      const outcome: ExchangeRecord = {
        exchange_id: ports.ids.uuid7(),
        trace_id: ports.ids.hex(16),
        started_ms: ports.now(),
        ended_ms: ports.now(),
        plan: ports.plan().digest,
        zone: connection.zone,
        channel: 'api',
        source: connection.source,
        party: null,
        machine: null,
        credential: null,
        tls: connection.tls,
        http: null,
        operation: null,
        path_template: null,
        request_bytes: 0,
        response_bytes: 0,
        steps_us: {},
        verdict: 'refused',
        code,
        step: CODES[code].step,
        pointer: null,
        rule: null,
        reason,
        status: statusOf(code),
        upstream: null,
        policies: [],
      };
      try {
        await ports.recordOutcome(outcome);
        ports.onOutcome(outcome, null);
      } catch {
        // The log has failed: the gate accepts nothing from here on, and says so by its own alarm.
      }
    },
  };
}

/** Methods of RFC 9110 section 9 and RFC 5789. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/** HTTP/2 lets any token through as a method, so an unknown one is free text of the far end: not for a record. */
function recordedMethod(method: string): string {
  return METHODS.has(method) ? method : 'unknown';
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** The caller is told the place of its mistake in its own words; the record keeps the contract's words of it. */
function withoutFreeText(outcome: ExchangeRecord, { operation }: ApiExchange): ExchangeRecord {
  if (outcome.pointer === null) return outcome;
  return { ...outcome, pointer: declaredPointer(outcome.pointer, operation?.declared_names ?? NO_NAMES) };
}

/** The steps see a connection that closed. Whether the client closed it, or the gate, its connection knows. */
function tellWhoEnded(exchange: ApiExchange): void {
  const { verdict, connection } = exchange;
  if (!connection.withdrawn || verdict?.allowed !== false || verdict.refusal.code !== 'CLIENT_GONE') return;
  exchange.verdict = { ...verdict, refusal: new Refusal('CALLER_WITHDRAWN') };
}

/** Makes the answer fit the verdict, and notes its status and size for the record. */
function settleAnswer(exchange: ApiExchange): void {
  const { verdict, begun, receiving } = exchange;
  if (receiving) exchange.request_bytes = receiving.size_bytes;
  if (begun) {
    // What has left cannot be taken back: a refusal tears it.
    exchange.status = begun.status;
    exchange.response_bytes = begun.sent_bytes + (verdict?.allowed ? (begun.last?.length ?? 0) : 0);
    return;
  }
  if (verdict && !verdict.allowed) exchange.answer = refusalAnswer(exchange, verdict.refusal);
  exchange.status = exchange.transport.gone ? null : (exchange.answer?.status ?? null);
  exchange.response_bytes = exchange.answer?.body?.length ?? 0;
}

function deliver(exchange: ApiExchange, ports: ChannelPorts): void {
  const { answer, begun, transport, connection } = exchange;
  if (!answer && !begun) return transport.abort();
  const last = isLast(exchange);
  if (last) connection.ending = true;
  try {
    if (begun) finish(exchange, begun);
    else if (answer) transport.send(answer.status, answerHeaders(exchange, answer.headers), answer.body);
  } catch (error) {
    ports.onDefect(error, 'record');
    transport.abort();
  }
  if (last) connection.end();
}

/** The last part of an answer leaves once the outcome is on record; without it the answer never ends cleanly. */
function finish({ verdict, transport }: ApiExchange, { last }: BegunAnswer): void {
  if (verdict?.allowed && last) transport.finish(last);
  else transport.abort();
}

/** After the answer has left: what it costs to look, nobody waits for. */
function countUse(exchange: ApiExchange, { usage, onDefect }: ChannelPorts): void {
  if (!exchange.verdict?.allowed) return;
  try {
    observeExchange(usage, exchange);
  } catch (error) {
    onDefect(error, 'record');
  }
}

/**
 * Nobody we know, or too much of it: what else waits on this connection is not read. The next try costs a
 * connection, and those have their own caps. On HTTP/1.1 also what was refused by `admit`: where one request could
 * be read two ways, so could the place where the next begins.
 */
function isLast({ verdict, connection }: ApiExchange): boolean {
  if (verdict?.allowed !== false) return false;
  const { code } = verdict.refusal;
  if (CODES[code].step === 'admit' && connection.session === null) return true;
  return verdict.step === 'authenticate' || code === 'LIMIT_SOURCE';
}

function statusOf(code: RefusalCode): number | null {
  const { problem } = CODES[code];
  return problem === null ? null : PROBLEMS[problem].status;
}
