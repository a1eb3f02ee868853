/** A process that carries exchanges: it holds one plan, one share of the connections and a link to the recorder. */

import type { Socket } from 'node:net';
import type { ExchangeRecord, RemoteLog } from '../core/audit/index.ts';
import { BudgetShare } from '../core/limits/index.ts';
import { watchEventLoop, watchProcess } from '../core/metrics/index.ts';
import { type Gate, type GatePorts, openGate } from '../wiring/gate.ts';
import { lineWriter } from '../wiring/line-writer.ts';
import { observeGate } from '../wiring/observe-gate.ts';
import type { PlanSource, PreparedPlan } from '../wiring/plan-in-force.ts';
import { storedFiles } from '../wiring/project-files.ts';
import type { Watching } from '../wiring/single-gate.ts';
import { restoreConfig, type StoredPlan } from '../wiring/stored-plan.ts';
import { failureOf } from './failure.ts';
import type { Part } from './follow-supervisor.ts';
import { type FromWorker, SHARE_EVERY_MS, type ToWorker } from './messages.ts';

type Start = Extract<ToWorker, { say: 'start' }>;

export interface WorkerPorts {
  readonly gate: Omit<GatePorts, 'onOutcome' | 'onNotice'>;
  readonly watching: Watching;
  readonly log: RemoteLog;
  /** One end of a link, at the path where the other is waited for. */
  readonly connectLink: (path: string) => Promise<Socket>;
  readonly say: (message: FromWorker) => void;
  /** The line of an exchange in the form that was asked for; null where none is wanted. */
  readonly lineOf: (form: Start['exchanges']) => ((outcome: ExchangeRecord) => string) | null;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

export function createWorker(ports: WorkerPorts): Part<ToWorker> {
  const { gate: gate_ports, watching, log, say, lineOf, exit } = ports;
  let gate: Gate | null = null;
  let share: BudgetShare | null = null;
  const prepared = new Map<number, PreparedPlan>();

  /** The link that is in use, as it was asked for. */
  let link_number = 0;

  tellOfRecords(log, say, () => link_number);

  async function start({ plan, slot, sockets, shares, exchanges }: Start): Promise<void> {
    const line = lineOf(exchanges);
    const write = lineWriter((text) => say({ say: 'exchanges', text }));
    const ports: GatePorts = {
      ...gate_ports,
      onOutcome: line === null ? () => undefined : (outcome) => write(line(outcome)),
      onNotice: (text, level = 'warn') => say({ say: 'notice', text, level }),
    };
    try {
      const parts = { recorder: log, recording: () => opened(log), source: sourceOf(plan), sockets, slot };
      gate = await openGate(restoreConfig(plan.config), parts, ports);
      watchProcess(gate.metrics, watching.own);
      watchEventLoop(gate.metrics, { ...watching.event_loop, now: gate_ports.monotonic });
      if (shares) share = shareBudgets(gate, gate_ports.monotonic, say);
      say({ say: 'started', digest: gate.loaded().plan.digest });
    } catch (error) {
      say({ say: 'failed', failure: failureOf(error) });
    }
  }

  function prepare(number: number, plan: StoredPlan): void {
    try {
      const next = gate!.prepare(restoreConfig(plan.config), sourceOf(plan));
      prepared.set(number, next);
      say({ say: 'prepared', number, digest: next.digest });
    } catch (error) {
      say({ say: 'unprepared', number, failure: failureOf(error) });
    }
  }

  async function link({ number, path }: Extract<ToWorker, { say: 'link' }>): Promise<void> {
    const end = await ports.connectLink(path).catch(() => null);
    if (end !== null) {
      link_number = number;
      log.attach(end);
    }
    say({ say: 'linked', number, done: end !== null });
  }

  async function drain(budget_ms: number): Promise<void> {
    await gate?.stop(budget_ms);
    await log.close();
    exit(0);
  }

  return {
    hear(message) {
      switch (message.say) {
        case 'start':
          return void start(message);
        case 'link':
          return void link(message);
        case 'share':
          return share?.apply(message.update, gate_ports.monotonic());
        case 'prepare':
          return prepare(message.number, message.plan);
        case 'commit':
          prepared.get(message.number)?.commit();
          prepared.delete(message.number);
          return say({ say: 'committed', number: message.number });
        case 'abort':
          void prepared.get(message.number)?.abort();
          prepared.delete(message.number);
          return;
        case 'observe':
          if (gate) say({ say: 'observed', number: message.number, observation: observeGate(gate, watching.own) });
          return;
        case 'drain':
          return void drain(message.budget_ms);
        case 'ping':
          return say({ say: 'pong' });
      }
    },
    // Nothing can be withdrawn from this process any more, so it ends at once.
    orphaned: () => exit(3),
  };
}

function tellOfRecords(log: RemoteLog, say: WorkerPorts['say'], link: () => number): void {
  let late = false;
  const tell = (now_late: boolean): void => {
    if (late !== now_late) say({ say: 'late', late: now_late });
    late = now_late;
  };
  log.onFailure(({ reason }) => {
    if (reason === 'recorder') say({ say: 'unlinked', link: link() });
    tell(reason === 'late');
  });
  log.onResume(() => tell(false));
}

/** Tells what was taken here, over and over. */
function shareBudgets({ limits }: Gate, monotonic: () => number, say: WorkerPorts['say']): BudgetShare {
  const share = new BudgetShare(limits);
  setInterval(() => {
    const report = share.report(monotonic());
    if (report !== null) say({ say: 'share', report });
  }, SHARE_EVERY_MS).unref();
  return share;
}

/** Resolves when the recorder takes records. */
function opened(log: RemoteLog): Promise<void> {
  if (log.state === 'open') return Promise.resolve();
  return new Promise((resolve) => {
    const stop = log.onResume(() => {
      stop();
      resolve();
    });
  });
}

function sourceOf({ files, judged_ms, ticket_keys }: StoredPlan): PlanSource {
  const keys = ticket_keys.map((key) => Buffer.from(key, 'base64'));
  return { files: storedFiles(files), judged_ms, ticketKey: (listener) => keys[listener]! };
}
