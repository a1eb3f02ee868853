/** The process that writes the log: no bytes of strangers are parsed here, only records of our own workers. */

import { type AuditLog, AuditUnavailable, openAuditLog, serveLog } from '../core/audit/index.ts';
import { cpuSeconds, METRICS, MetricRegistry, watchEventLoop, watchProcess } from '../core/metrics/index.ts';
import { describeDefect } from '../wiring/describe-defect.ts';
import type { ProcessObservation } from '../wiring/observe-gate.ts';
import type { Watching } from '../wiring/single-gate.ts';
import { failureOf } from './failure.ts';
import type { Part } from './follow-supervisor.ts';
import type { FromRecorder, ToRecorder } from './messages.ts';

export interface RecorderPorts {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  readonly watching: Watching;
  readonly say: (message: FromRecorder) => void;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

/** How long the log of a gate that has just been killed may still be held by what is left of it. */
const LOCK_WAIT_MS = 2_000;

export function createRecorder({ now, monotonic, watching, say, exit }: RecorderPorts): Part<ToRecorder> {
  let log: AuditLog | null = null;
  const registry = new MetricRegistry(METRICS.folded);
  watchProcess(registry, watching.own);
  watchEventLoop(registry, { ...watching.event_loop, now: monotonic });
  const observe = (): ProcessObservation => ({
    metrics: registry.snapshot(),
    cpu_seconds: cpuSeconds(watching.own),
    memory_bytes: watching.own.memoryUsage().rss,
  });
  const links = new Set<Promise<void>>();

  async function start({
    folder,
    segment_bytes,
    owner_pid,
    version,
  }: Extract<ToRecorder, { say: 'start' }>): Promise<void> {
    try {
      log = await openAuditLog({
        folder,
        now,
        segment_bytes,
        product_version: version,
        lock_wait_ms: LOCK_WAIT_MS,
        owner_pid,
      });
    } catch (error) {
      return say({ say: 'failed', failure: failureOf(error) });
    }
    log.onFailure((error) => say({ say: 'log', open: false, why: error.os_code ?? error.reason }));
    log.onResume(() => say({ say: 'log', open: true, why: '' }));
    say({ say: 'started' });
  }

  function event({ number, record }: Extract<ToRecorder, { say: 'event' }>): void {
    const taken = log ? log.event(record) : Promise.reject(new AuditUnavailable('closed'));
    taken.then(
      () => say({ say: 'recorded', number }),
      (error: unknown) => say({ say: 'unrecorded', number, why: whyOf(error) }),
    );
  }

  async function close(): Promise<void> {
    await Promise.all(links);
    await log?.close();
    exit(0);
  }

  return {
    hear(message, handle) {
      switch (message.say) {
        case 'start':
          return void start(message);
        case 'link': {
          if (!handle || !log) return void handle?.destroy();
          const link = serveLog(log, handle).finally(() => links.delete(link));
          links.add(link);
          return;
        }
        case 'event':
          return event(message);
        case 'close':
          return void close();
        case 'observe':
          return say({ say: 'observed', number: message.number, observation: observe() });
        case 'ping':
          return say({ say: 'pong' });
      }
    },
    // What the workers brought is finished first.
    orphaned: () => void close(),
  };
}

const whyOf = (error: unknown): string =>
  error instanceof AuditUnavailable ? (error.os_code ?? error.reason) : describeDefect(error);
