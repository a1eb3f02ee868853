import { randomBytes } from 'node:crypto';
import { type ApiChannel, createApiChannel } from '../channels/api/channel.ts';
import { type Listener, openListener } from '../channels/api/listener/listener.ts';
import type { ListenerOptions } from '../channels/api/listener/options.ts';
import type { GateConfig } from '../config/load.ts';
import { type AuditLog, AuditUnavailable, type ExchangeRecord, openAuditLog } from '../core/audit/index.ts';
import { LoadError } from '../core/errors/index.ts';
import { createIdSource } from '../core/exchange/index.ts';
import { ConnectionAdmission } from '../core/limits/index.ts';
import {
  createOutcomeObserver,
  createRecordWatch,
  METRICS,
  MetricRegistry,
  type RecordWatch,
} from '../core/metrics/index.ts';
import type { Notify } from '../core/oplog/index.ts';
import type { Dialler } from '../core/resolver/index.ts';
import { keepBudgets } from './keep-budgets.ts';
import { keepUsage } from './keep-usage.ts';
import { keepVolumes } from './keep-volumes.ts';
import { type LoadedPlan, loadPlan } from './load-plan.ts';
import { upstreamOpener } from './open-upstream.ts';

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

export interface Gate {
  readonly listeners: readonly Listener[];
  readonly audit: AuditLog;
  readonly loaded: () => LoadedPlan;
  /** The configuration that is in force. */
  readonly config: () => GateConfig;
  /** What is counted in this process. */
  readonly metrics: MetricRegistry;
  readonly recording: RecordWatch;
  /** Open connections by zone. */
  readonly connections: () => ReadonlyMap<string, number>;
  readonly draining: () => boolean;
  /**
   * Puts another configuration in force: what it loads is switched to at once, and connections of callers that are
   * no longer proven end. Listeners stay; their certificates are replaced.
   *
   * @throws LoadError, and then the plan in force stays
   */
  reload(config: GateConfig): Promise<void>;
  /** Stops accepting, finishes what is under way within the budget, closes the log. */
  stop(budget_ms: number): Promise<void>;
}

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_STREAMS = 100;

/**
 * Starts a gate: everything is loaded and the log is open before the first port is.
 *
 * @throws LoadError with every fault found
 */
export async function startGate(config: GateConfig, ports: GatePorts): Promise<Gate> {
  const load_ports = { now: ports.now, openUpstream: upstreamOpener(ports), budgetsFor: keepBudgets() };
  const load = (given: GateConfig) => loadPlan(given, load_ports);
  let loaded = load(config);
  let in_force = config;
  const metrics = new MetricRegistry(METRICS.folded);
  const observe = createOutcomeObserver(metrics);
  const recording = createRecordWatch(metrics, ports.monotonic);
  const audit = await openAuditLog({
    folder: `${config.data_folder}/audit`,
    now: ports.now,
    segment_bytes: config.audit.segment_bytes,
    product_version: ports.version,
  });
  const volumes = keepVolumes(config.data_folder, ports.onNotice);
  const usage = keepUsage(config.data_folder, loaded.contracts, ports);
  for (const warning of loaded.warnings) ports.onNotice(warning);
  let draining = false;
  audit.onFailure((error) =>
    ports.onNotice(
      `cannot record (${error.os_code ?? error.reason}) in ${config.data_folder}/audit: every exchange is refused until the log is back`,
      'error',
    ),
  );
  audit.onResume(() => ports.onNotice('the log is back: exchanges are accepted again', 'info'));

  const channel = createApiChannel({
    now: ports.now,
    monotonic: ports.monotonic,
    ids: createIdSource(ports.now, ports.randomFill),
    plan: () => loaded.plan,
    draining: () => draining,
    recordIntent: (intent) => audit.intent(intent),
    recordOutcome: (outcome) => recording.watch(audit.outcome(outcome)),
    onOutcome(outcome) {
      observe(outcome);
      ports.onOutcome(outcome);
    },
    volumes: volumes.memory,
    usage: usage.book,
    onDefect: (error, step) => ports.onNotice(`defect in ${step}: ${describeDefect(error)}`, 'error'),
  });

  const event = (name: 'gate_started' | 'gate_stopped' | 'plan_switched', data: Record<string, string | number>) =>
    audit.event({ event: name, at_ms: ports.now(), plan: loaded.plan.digest, data });
  const listeners: Listener[] = [];
  const admissions = loaded.listeners.map(({ zone }) => [zone.id, new ConnectionAdmission(zone.connections)] as const);
  const connections = (): ReadonlyMap<string, number> => {
    const open = new Map<string, number>();
    for (const [zone, admission] of admissions) open.set(zone, (open.get(zone) ?? 0) + admission.open);
    return open;
  };
  metrics.reader(METRICS.connections, () => [...connections()].map(([zone, count]) => [[zone], count]));
  try {
    for (const [index, part] of loaded.listeners.entries()) {
      listeners.push(await openListener(listenerOptions(part, admissions[index]![1], channel, ports)));
    }
    await event('gate_started', { gate: config.name, version: ports.version }).catch(refuseStart(config));
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.drain(0)));
    await volumes.close();
    await usage.close();
    await audit.close();
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
    audit,
    loaded: () => loaded,
    config: () => in_force,
    metrics,
    recording,
    connections,
    draining: () => draining,
    async reload(next_config) {
      refuseOtherListeners(config, next_config);
      refuseOtherPlaces(config, next_config);
      const next = load(next_config);
      const before = loaded;
      try {
        // First what could still fail: certificates that OpenSSL refuses leave the plan in force.
        for (const [index, { tls }] of next.listeners.entries()) listeners[index]?.replaceTls(tls);
      } catch (error) {
        next.policy.close();
        await retire(next);
        throw error;
      }
      loaded = next;
      in_force = next_config;
      usage.use(next.contracts);
      for (const warning of next.warnings) ports.onNotice(warning);
      for (const listener of listeners) {
        listener.endConnections((connection) => !channel.stillProven(connection));
      }
      // A withdrawn trust must not come back because of a full disk: the switch stands, recorded or not, and every
      // record names its plan. While the log is down no exchange passes under either.
      await event('plan_switched', { from: before.plan.digest, to: next.plan.digest }).catch(() =>
        ports.onNotice('the log takes nothing now: the switch to another plan is not on record'),
      );
      // Decisions are taken before an exchange first waits, so none of the old plan's is still to come.
      before.policy.close();
      retired.add(before);
      setTimeout(() => void retire(before), longestExchange(before)).unref();
    },
    async stop(budget_ms) {
      draining = true;
      await Promise.all(listeners.map((listener) => listener.drain(budget_ms)));
      await Promise.all([loaded, ...retired].map(retire));
      await volumes.close();
      await usage.close();
      await event('gate_stopped', { gate: config.name }).catch(() => undefined);
      await audit.close();
    },
  };
}

/** A log that opened and then took nothing, such as one on a full disk. */
function refuseStart({ data_folder }: GateConfig): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof AuditUnavailable)) throw error;
    throw new LoadError([
      {
        code: 'DATA_FOLDER',
        file: `${data_folder}/audit`,
        message: `cannot write to the audit log (${error.os_code ?? error.reason})`,
      },
    ]);
  };
}

function longestExchange({ plan }: LoadedPlan): number {
  return Math.max(...[...plan.zones.values()].map((zone) => zone.timeouts.total_ms));
}

/** A reload opens and closes no ports: another set of listeners needs another start. */
function refuseOtherListeners(before: GateConfig, next: GateConfig): void {
  const ports = ({ zones }: GateConfig) =>
    zones.flatMap((zone) =>
      zone.listen.map(({ address, port, names }) =>
        JSON.stringify([zone.id, address, port, names, zone.timeouts, zone.connections]),
      ),
    );
  if (ports(before).join() === ports(next).join()) return;
  throw new LoadError([
    {
      code: 'CONFIG_VALUE',
      file: next.file,
      key: 'zones',
      message: 'listeners, their time-outs or their connection caps are other than at the start',
      suggestion: 'Restart the gate to open other ports',
    },
  ]);
}

/** Log and admin listener stay open over a reload: to say they were elsewhere now would send people to the wrong place. */
function refuseOtherPlaces(before: GateConfig, next: GateConfig): void {
  const changed = [
    ...(before.data_folder === next.data_folder ? [] : ['gate.data']),
    ...(before.audit.segment_bytes === next.audit.segment_bytes ? [] : ['audit.segment']),
    ...(JSON.stringify(before.admin) === JSON.stringify(next.admin) ? [] : ['admin']),
  ];
  if (changed.length === 0) return;
  throw new LoadError(
    changed.map((key) => ({
      code: 'CONFIG_VALUE',
      file: next.file,
      key,
      message: 'is other than at the start',
      suggestion: 'Restart the gate to record or to be watched elsewhere',
    })),
  );
}

function listenerOptions(
  { zone, listen, tls }: LoadedPlan['listeners'][number],
  admission: ConnectionAdmission,
  channel: ApiChannel,
  ports: GatePorts,
): ListenerOptions {
  return {
    zone: zone.id,
    address: listen.address,
    port: listen.port,
    names: new Set(listen.names),
    tls,
    timeouts: zone.timeouts,
    max_header_bytes: MAX_HEADER_BYTES,
    max_streams: MAX_STREAMS,
    admission,
    now: ports.monotonic,
    randomBytes,
    onRequest: channel.onRequest,
    onRefused: channel.onRefused,
  };
}

/** A line of a stack trace that names a place in a file. */
const FRAME = /^ {4}at .*:\d+:\d+\)?$/;

/** Name and place of a defect, without its message: a message may hold payload, over several lines. */
export function describeDefect(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = '' } = error;
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length).split('\n');
  return `${name} ${frames.find((line) => FRAME.test(line))?.trim() ?? ''}`;
}
