import { createSecureContext } from 'node:tls';
import { type ApiChannel, createApiChannel } from '../channels/api/channel.ts';
import { FIRST_REQUEST_MS, type Listener, openListener } from '../channels/api/listener/listener.ts';
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
import type { Dialler } from '../core/resolver/index.ts';
import { describeDefect } from './describe-defect.ts';
import { keepBudgets } from './keep-budgets.ts';
import { keepUpstreams } from './keep-upstreams.ts';
import { keepUsage } from './keep-usage.ts';
import { keepVolumes } from './keep-volumes.ts';
import { type LoadedPlan, loadPlan } from './load-plan.ts';
import { upstreamOpener } from './open-upstream.ts';
import type { ProjectFiles } from './project-files.ts';
import { refuseRestartChanges } from './reload-bounds.ts';

export interface GatePorts {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds with fraction. */
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly randomFill: (buffer: Buffer) => void;
  readonly dialler: Dialler;
  readonly version: string;
  /** Told of every outcome that is on record. */
  readonly onOutcome: (outcome: ExchangeRecord) => void;
  /** Told of what an operator must know, without payload. */
  readonly onNotice: Notify;
}

/** What a plan is made from, beside its configuration. */
export interface PlanSource {
  readonly files: ProjectFiles;
  /** Unix milliseconds at which it is judged: what has expired since does not stop a worker. Null for now. */
  readonly judged_ms: number | null;
  /**
   * The key of a listener's session tickets, 48 bytes: the same in all workers, so that a session goes on in any of
   * them, and another for each plan, so that none outlives a withdrawn trust.
   */
  readonly ticketKey: (listener: number) => Buffer;
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

/** A plan that is ready to be put in force. */
export interface PreparedPlan {
  readonly digest: string;
  /** Switches at once: connections of callers that are no longer proven end. Listeners stay. */
  commit(): void;
  /** Leaves the plan in force. */
  abort(): Promise<void>;
}

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_STREAMS = 100;

/**
 * Opens the part of a gate that carries exchanges: everything is loaded before the first port is opened.
 *
 * @throws LoadError with every fault found
 */
export async function openGate(config: GateConfig, parts: GateParts, ports: GatePorts): Promise<Gate> {
  const { recorder, slot } = parts;
  const onHealth = (transition: UpstreamTransition): void => {
    ports.onNotice(describeTransition(transition));
    const data = { ...transitionFacts(transition), slot };
    const record = { event: 'upstream_changed', at_ms: ports.now(), plan: loaded.plan.digest, data } as const;
    recorder.event(record).catch(() => undefined);
  };
  const upstreams = keepUpstreams(upstreamOpener({ ...ports, onHealth }));
  const limits = new LimitMemory();
  const budgetsFor = keepBudgets(limits);
  const load = (given: GateConfig, { files, judged_ms }: PlanSource) =>
    loadPlan(given, {
      now: judged_ms === null ? ports.now : () => judged_ms,
      openUpstream: upstreams.open,
      budgetsFor,
      files,
    });
  let loaded = load(config, parts.source);
  const volumes = keepVolumes(config.data_folder, slot, ports.onNotice);
  const usage = keepUsage(config.data_folder, slot, loaded.contracts, ports);
  let draining = false;
  /** Draining, and what was on its way when that began has had its time to arrive. */
  let refusing = false;
  let in_force = config;
  const metrics = new MetricRegistry(METRICS.folded);
  const observe = createOutcomeObserver(metrics);
  const recording = createRecordWatch(metrics, ports.monotonic);

  const channel = createApiChannel({
    now: ports.now,
    monotonic: ports.monotonic,
    ids: createIdSource(ports.now, ports.randomFill),
    plan: () => loaded.plan,
    draining: () => refusing,
    recordIntent: (intent) => recorder.intent(intent),
    recordOutcome: (outcome) => recording.watch(recorder.outcome(outcome)),
    onOutcome(outcome) {
      observe(outcome);
      ports.onOutcome(outcome);
    },
    volumes: volumes.memory,
    usage: usage.book,
    onDefect: (error, step) => ports.onNotice(`defect in ${step}: ${describeDefect(error)}`, 'error'),
  });

  const listeners: Listener[] = [];
  const admissions = loaded.listeners.map(
    ({ zone }) => [zone.id, new ConnectionAdmission(zone.connections, { memory: limits, zone: zone.id })] as const,
  );
  const connections = (): ReadonlyMap<string, number> => {
    const open = new Map<string, number>();
    for (const [zone, admission] of admissions) open.set(zone, (open.get(zone) ?? 0) + admission.open);
    return open;
  };
  metrics.reader(METRICS.connections, () => [...connections()].map(([zone, count]) => [[zone], count]));
  try {
    await parts.recording();
    for (const [index, part] of loaded.listeners.entries()) {
      const descriptor = parts.sockets?.[index] ?? null;
      const [, admission] = admissions[index]!;
      listeners.push(
        await openListener(
          listenerOptions(part, { descriptor, ticket_key: parts.source.ticketKey(index), admission, channel, ports }),
        ),
      );
    }
    upstreams.inForce(loaded.upstreams.values());
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.drain(0)));
    await volumes.close();
    await usage.close();
    throw error;
  }

  /** Plans out of force whose upstreams may still be answering. */
  const retired = new Set<LoadedPlan>();
  async function retire(plan: LoadedPlan): Promise<void> {
    retired.delete(plan);
    await Promise.all([...plan.upstreams.values()].map((upstream) => upstream.close()));
  }

  return {
    listeners,
    limits,
    loaded: () => loaded,
    config: () => in_force,
    metrics,
    recording,
    recorder,
    connections,
    draining: () => draining,
    prepare(next_config, source) {
      refuseRestartChanges(config, next_config);
      const next = load(next_config, source);
      const abort = (): Promise<void> => {
        next.policy.close();
        return retire(next);
      };
      try {
        // What could still fail: certificates that OpenSSL refuses.
        for (const { tls } of next.listeners) createSecureContext(tls);
      } catch (error) {
        void abort();
        throw error;
      }
      return {
        digest: next.plan.digest,
        abort,
        commit() {
          const before = loaded;
          for (const [index, { tls }] of next.listeners.entries()) {
            listeners[index]?.replaceTls(tls, source.ticketKey(index));
          }
          loaded = next;
          in_force = next_config;
          upstreams.inForce(next.upstreams.values());
          usage.use(next.contracts);
          for (const listener of listeners) {
            listener.endConnections((connection) => !channel.stillProven(connection));
          }
          // Decisions are taken before an exchange first waits, so none of the old plan's is still to come.
          before.policy.close();
          retired.add(before);
          setTimeout(() => void retire(before), longestExchange(before)).unref();
        },
      };
    },
    async stop(budget_ms) {
      draining = true;
      setTimeout(() => {
        refusing = true;
      }, FIRST_REQUEST_MS).unref();
      await Promise.all(listeners.map((listener) => listener.drain(budget_ms)));
      await Promise.all([loaded, ...retired].map(retire));
      await volumes.close();
      await usage.close();
    },
  };
}

function longestExchange({ plan }: LoadedPlan): number {
  return Math.max(...[...plan.zones.values()].map((zone) => zone.timeouts.total_ms));
}

interface ListenerParts {
  readonly ticket_key: Buffer;
  readonly descriptor: number | null;
  readonly channel: ApiChannel;
  readonly ports: GatePorts;
  readonly admission: ConnectionAdmission;
}

function listenerOptions(
  { zone, listen, tls }: LoadedPlan['listeners'][number],
  { descriptor, ticket_key, channel, ports, admission }: ListenerParts,
): ListenerOptions {
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
    now: ports.monotonic,
    ticket_key,
    onRequest: channel.onRequest,
    onRefused: channel.onRefused,
  };
}
