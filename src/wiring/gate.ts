import { type ApiChannel, createApiChannel } from '../channels/api/channel.ts';
import { type Listener, openListener } from '../channels/api/listener/listener.ts';
import type { ListenerOptions } from '../channels/api/listener/options.ts';
import { describeTransition, transitionFacts, type UpstreamTransition } from '../channels/api/upstream/transitions.ts';
import type { GateConfig } from '../config/load.ts';
import type { ExchangeRecord, Recorder } from '../core/audit/index.ts';
import { createIdSource } from '../core/exchange/index.ts';
import { ConnectionAdmission, LimitMemory } from '../core/limits/index.ts';
import {
  createOutcomeObserver,
  createRecordWatch,
  METRICS,
  MetricRegistry,
  type RecordWatch,
} from '../core/metrics/index.ts';
import type { Notify } from '../core/oplog/index.ts';
import type { Dialler, SpareDescriptors } from '../core/resolver/index.ts';
import { describeDefect } from './describe-defect.ts';
import { keepBudgets } from './keep-budgets.ts';
import { keepTraces } from './keep-traces.ts';
import { keepUpstreams } from './keep-upstreams.ts';
import { keepUsage } from './keep-usage.ts';
import { keepVolumes } from './keep-volumes.ts';
import type { LoadedPlan } from './load-plan.ts';
import { upstreamOpener } from './open-upstream.ts';
import { PlanInForce, type PlanSource, type PreparedPlan } from './plan-in-force.ts';

export interface GatePorts {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds with fraction. */
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly randomFill: (buffer: Buffer) => void;
  readonly dialler: Dialler;
  /** What the dialler falls back on when descriptors run out; it holds some from the start of the gate on. */
  readonly spare?: SpareDescriptors;
  readonly version: string;
  /** Told of every outcome that is on record. */
  readonly onOutcome: (outcome: ExchangeRecord) => void;
  /** Told of what an operator must know, without payload. */
  readonly onNotice: Notify;
}

/** What of a gate depends on the process it runs in. */
export interface GateParts {
  /** Where records go; open already. */
  readonly recorder: Recorder;
  readonly source: PlanSource;
  /** Inherited descriptors of listening sockets, in the order of the listeners; null opens the ports itself. */
  readonly sockets: readonly number[] | null;
  /** Resolves when exchanges can be recorded: before that no port is opened. */
  readonly recording: () => Promise<void>;
  /** Which of the gate's workers this is, from 1. */
  readonly slot: number;
}

export interface Gate {
  readonly listeners: readonly Listener[];
  /** What was taken and is held; workers share it, see `BudgetShare`. */
  readonly limits: LimitMemory;
  readonly loaded: () => LoadedPlan;
  /** The configuration in force. */
  readonly config: () => GateConfig;
  /** What is counted in this process. */
  readonly metrics: MetricRegistry;
  readonly recording: RecordWatch;
  readonly recorder: Recorder;
  /** Open connections by zone. */
  readonly connections: () => ReadonlyMap<string, number>;
  readonly draining: () => boolean;
  /**
   * Loads another configuration, up to where nothing can fail any more.
   *
   * @throws LoadError, and then nothing has changed
   */
  prepare(config: GateConfig, source: PlanSource): PreparedPlan;
  /** Stops accepting, finishes what is under way within the budget. The recorder is left open. */
  stop(budget_ms: number): Promise<void>;
}

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_STREAMS = 100;
/** What spans that wait have when a drain has used up its budget: less than a worker is given to end. */
const LAST_SPANS_MS = 1_000;

/**
 * Opens the part of a gate that carries exchanges: everything is loaded before the first port is opened.
 *
 * @throws LoadError with every fault found
 */
export async function openGate(config: GateConfig, parts: GateParts, ports: GatePorts): Promise<Gate> {
  const { recorder, slot, source } = parts;
  ports.spare?.hold((short) => tellOfDescriptors(short, ports.onNotice));
  const onHealth = (transition: UpstreamTransition): void => {
    ports.onNotice(describeTransition(transition));
    const data = { ...transitionFacts(transition), slot };
    const record = { event: 'upstream_changed', at_ms: ports.now(), plan: plans.loaded.plan.digest, data } as const;
    recorder.event(record).catch(() => undefined);
  };
  const upstreams = keepUpstreams(upstreamOpener({ ...ports, onHealth }));
  const limits = new LimitMemory();
  const listeners: Listener[] = [];
  const plans = new PlanInForce(config, source, {
    now: ports.now,
    openUpstream: upstreams.open,
    budgetsFor: keepBudgets(limits),
    replaceTls(next, { ticketKey }) {
      for (const [index, { tls }] of next.listeners.entries()) listeners[index]?.replaceTls(tls, ticketKey(index));
    },
    onSwitched(next) {
      upstreams.inForce(next.upstreams.values());
      usage.use(next.contracts);
      traces.use(next.traces, plans.config.name);
      for (const listener of listeners) listener.endConnections((connection) => !channel.stillProven(connection));
    },
  });
  const volumes = keepVolumes(config.data_folder, slot, ports.onNotice);
  const usage = keepUsage(config.data_folder, slot, plans.loaded.contracts, ports);
  const metrics = new MetricRegistry(METRICS.folded);
  const traces = keepTraces({ ...ports, metrics, slot });
  traces.use(plans.loaded.traces, plans.config.name);
  const observe = createOutcomeObserver(metrics);
  const recording = createRecordWatch(metrics, ports.monotonic);
  let draining = false;
  /** Draining, and what begins now would not end within the budget: it is refused cleanly. */
  let refusing = false;

  const channel = createApiChannel({
    now: ports.now,
    monotonic: ports.monotonic,
    ids: createIdSource(ports.now, ports.randomFill),
    plan: () => plans.loaded.plan,
    draining: () => refusing,
    recordIntent: (intent) => recorder.intent(intent),
    recordOutcome: (outcome) => recording.watch(recorder.outcome(outcome)),
    samples: traces.sampled,
    onOutcome(outcome, trace) {
      observe(outcome);
      if (trace !== null) traces.offer(outcome, trace);
      ports.onOutcome(outcome);
    },
    volumes: volumes.memory,
    usage: usage.book,
    onDefect: (error, step) => ports.onNotice(`defect in ${step}: ${describeDefect(error)}`, 'error'),
  });

  const places = listenerPlaces(plans.loaded, parts, limits);
  const connections = (): ReadonlyMap<string, number> => connectionsIn(places);
  metrics.reader(METRICS.connections, () => [...connections()].map(([zone, count]) => [[zone], count]));
  try {
    await parts.recording();
    for (const place of places) listeners.push(await openListener(listenerOptions(place, channel, ports)));
    upstreams.inForce(plans.loaded.upstreams.values());
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.drain(0)));
    await plans.close();
    await volumes.close();
    await usage.close();
    throw error;
  }

  return {
    listeners,
    limits,
    loaded: () => plans.loaded,
    config: () => plans.config,
    metrics,
    recording,
    recorder,
    connections,
    draining: () => draining,
    prepare: (next_config, next_source) => plans.prepare(next_config, next_source),
    async stop(budget_ms) {
      draining = true;
      const until_ms = ports.monotonic() + budget_ms;
      setTimeout(() => {
        refusing = true;
      }, budget_ms / 2).unref();
      await Promise.all(listeners.map((listener) => listener.drain(budget_ms)));
      await Promise.all([plans.close(), traces.close(Math.max(LAST_SPANS_MS, until_ms - ports.monotonic()))]);
      await volumes.close();
      await usage.close();
    },
  };
}

/** A listener that is to be opened. */
interface ListenerPlace {
  readonly planned: LoadedPlan['listeners'][number];
  readonly ticket_key: Buffer;
  /** Null opens the port itself. */
  readonly descriptor: number | null;
  readonly admission: ConnectionAdmission;
}

function listenerPlaces({ listeners }: LoadedPlan, { sockets, source }: GateParts, memory: LimitMemory) {
  return listeners.map(
    (planned, index): ListenerPlace => ({
      planned,
      ticket_key: source.ticketKey(index),
      descriptor: sockets?.[index] ?? null,
      admission: new ConnectionAdmission(planned.zone.connections, { memory, zone: planned.zone.id }),
    }),
  );
}

/** Open connections by zone. */
function connectionsIn(places: readonly ListenerPlace[]): ReadonlyMap<string, number> {
  const open = new Map<string, number>();
  for (const { planned, admission } of places) {
    open.set(planned.zone.id, (open.get(planned.zone.id) ?? 0) + admission.open);
  }
  return open;
}

function listenerOptions(
  { planned, ticket_key, descriptor, admission }: ListenerPlace,
  channel: ApiChannel,
  ports: GatePorts,
): ListenerOptions {
  const { zone, listen, tls } = planned;
  return {
    zone: zone.id,
    address: listen.address,
    port: listen.port,
    descriptor,
    names: new Set(listen.names),
    tls,
    timeouts: zone.timeouts,
    max_header_bytes: MAX_HEADER_BYTES,
    max_streams: MAX_STREAMS,
    admission,
    spare: ports.spare ?? null,
    now: ports.monotonic,
    ticket_key,
    onRequest: channel.onRequest,
    onRefused: channel.onRefused,
  };
}

function tellOfDescriptors(short: boolean, onNotice: Notify): void {
  if (short)
    onNotice('no descriptors are left: new connections are closed or wait; services are reached with spare ones');
  else onNotice('there are descriptors again', 'info');
}
