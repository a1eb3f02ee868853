import type { NotReadyReason } from '../admin/status.ts';
import type { GateConfig } from '../config/load.ts';
import { AuditUnavailable, openAuditLog } from '../core/audit/index.ts';
import {
  type EventLoopOptions,
  mergeSnapshots,
  type OwnProcess,
  watchEventLoop,
  watchProcess,
} from '../core/metrics/index.ts';
import { CertificateOffice } from './certificate-office.ts';
import { certificatesOf } from './expiry.ts';
import { type Gate, type GatePorts, openGate } from './gate.ts';
import { observeGate } from './observe-gate.ts';
import type { PlanSource } from './plan-in-force.ts';
import { rememberingFiles } from './project-files.ts';
import { cannotRecord, RECORDS_AGAIN, recordSwitch, unwritableLog } from './recording-trouble.ts';
import type { RunningGate } from './running-gate.ts';
import { ticketKey } from './ticket-key.ts';

/**
 * Starts a gate whose every part is in this process: what a demonstration and a test need. `sallyport run` gives each
 * part a process of its own.
 *
 * @throws LoadError with every fault found
 */
export async function startGate(
  config: GateConfig,
  ports: GatePorts,
  watching: Watching,
): Promise<RunningGate & Pick<Gate, 'loaded'>> {
  const audit = await openAuditLog({
    folder: `${config.data_folder}/audit`,
    now: ports.now,
    segment_bytes: config.audit.segment_bytes,
    product_version: ports.version,
  });
  audit.onFailure((error) => ports.onNotice(cannotRecord(config, error), 'error'));
  audit.onResume(() => ports.onNotice(RECORDS_AGAIN, 'info'));
  const source = liveSource(ports);
  const parts = {
    recorder: audit,
    recording: () => Promise.resolve(),
    source,
    sockets: null,
    slot: 1,
  };
  const gate = await openGate(config, parts, ports).catch(async (error: unknown) => {
    await audit.close();
    throw error;
  });
  watchProcess(gate.metrics, watching.own);
  watchEventLoop(gate.metrics, { ...watching.event_loop, now: ports.monotonic });
  const running = runningGate(gate, config, audit, { ports, watching, files: source.files });
  try {
    await running.event('gate_started', { gate: config.name, version: ports.version });
  } catch (error) {
    await gate.stop(0);
    await audit.close();
    throw error instanceof AuditUnavailable ? unwritableLog(config, error.os_code ?? error.reason) : error;
  }
  for (const warning of gate.loaded().warnings) ports.onNotice(warning);
  return { ...running, loaded: gate.loaded };
}

/** What a process that runs a gate knows of itself. */
export interface Watching {
  readonly own: OwnProcess & { readonly pid: number };
  readonly event_loop: Omit<EventLoopOptions, 'now'>;
}

/** The name of the only process there is. */
const ONLY = 'gate';

/** Everything as it is now, and each file as it was read first. */
function liveSource({ randomFill }: GatePorts): PlanSource {
  return { files: rememberingFiles(), judged_ms: null, ticketKey: () => ticketKey(randomFill) };
}

function runningGate(
  gate: Gate,
  config: GateConfig,
  audit: Awaited<ReturnType<typeof openAuditLog>>,
  {
    ports,
    watching,
    files,
  }: {
    readonly ports: GatePorts;
    readonly watching: Watching;
    readonly files: PlanSource['files'];
  },
): RunningGate {
  const started_ms = ports.now();
  let certificates = certificatesOf(config, files);
  const notReady = (): NotReadyReason[] => (audit.state === 'failed' ? ['log_failed'] : []);
  const event: RunningGate['event'] = (name, data) =>
    audit.event({ event: name, at_ms: ports.now(), plan: gate.loaded().plan.digest, data });
  const office = new CertificateOffice({
    config: gate.config,
    trust: () => gate.loaded().ca?.trust.name ?? null,
    sign: null,
    event,
  });
  return {
    listeners: gate.listeners,
    digest: () => gate.loaded().plan.digest,
    config: gate.config,
    certificates: () => certificates,
    draining: gate.draining,
    notReady,
    observe() {
      const { metrics, cpu_seconds, memory_bytes, ...rest } = observeGate(gate, watching.own);
      const only = {
        name: ONLY,
        kind: ONLY,
        pid: watching.own.pid,
        restarts: 0,
        started_ms,
        cpu_seconds,
        memory_bytes,
      };
      const merged = mergeSnapshots([{ process: ONLY, snapshot: metrics }]);
      return Promise.resolve({ ...rest, metrics: merged, processes: [only], not_ready: notReady() });
    },
    event,
    issue: (order) => office.issue(order),
    async reload(next_config) {
      const from = gate.loaded().plan.digest;
      const source = liveSource(ports);
      const prepared = gate.prepare(next_config, source);
      prepared.commit();
      certificates = certificatesOf(next_config, source.files);
      for (const warning of gate.loaded().warnings) ports.onNotice(warning);
      await recordSwitch(event, from, prepared.digest, ports.onNotice);
    },
    async stop(budget_ms) {
      await gate.stop(budget_ms);
      await event('gate_stopped', { gate: config.name }).catch(() => undefined);
      await audit.close();
    },
  };
}
