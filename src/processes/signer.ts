/** The process that owns the key of the CA. It reads no bytes of strangers: what it signs comes to it as numbers. */

import { cpuSeconds, METRICS, MetricRegistry, watchEventLoop, watchProcess } from '../core/metrics/index.ts';
import { diskFiles, type IssuingCa, openIssuingCa, type RandomBytes, readCaKey } from '../core/trust/signing.ts';
import { FaultCollector } from '../wiring/collect.ts';
import { describeDefect } from '../wiring/describe-defect.ts';
import type { ProcessObservation } from '../wiring/observe-gate.ts';
import type { PlannedCa } from '../wiring/plan-ca.ts';
import type { Watching } from '../wiring/single-gate.ts';
import { failureOf } from './failure.ts';
import type { Part } from './follow-supervisor.ts';
import type { FromSigner, ToSigner } from './messages.ts';

export interface SignerPorts {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  readonly random: RandomBytes;
  readonly watching: Watching;
  readonly say: (message: FromSigner) => void;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

export function createSigner({ now, monotonic, random, watching, say, exit }: SignerPorts): Part<ToSigner> {
  let ca: IssuingCa | null = null;
  /** One after the other. */
  let last: Promise<void> = Promise.resolve();
  const registry = new MetricRegistry(METRICS.folded);
  watchProcess(registry, watching.own);
  watchEventLoop(registry, { ...watching.event_loop, now: monotonic });
  const observe = (): ProcessObservation => ({
    metrics: registry.snapshot(),
    cpu_seconds: cpuSeconds(watching.own),
    memory_bytes: watching.own.memoryUsage().rss,
  });

  function start(planned: PlannedCa): void {
    try {
      ca = open(planned, { now, random });
      say({ say: 'started' });
    } catch (error) {
      say({ say: 'failed', failure: failureOf(error) });
    }
  }

  function check({ number, ca: planned }: Extract<ToSigner, { say: 'check' }>): void {
    try {
      open(planned, { now, random });
      say({ say: 'sound', number });
    } catch (error) {
      say({ say: 'unsound', number, failure: failureOf(error) });
    }
  }

  async function issue({ number, order }: Extract<ToSigner, { say: 'issue' }>): Promise<void> {
    try {
      say({ say: 'signed', number, signed: await ca!.issue(order) });
    } catch (error) {
      say({ say: 'signed', number, signed: { ok: false, code: 'ISSUE_DEFECT', reason: describeDefect(error) } });
    }
  }

  return {
    hear(message) {
      switch (message.say) {
        case 'start':
          return start(message.ca);
        case 'issue':
          last = last.then(() => issue(message));
          return;
        case 'check':
          return check(message);
        case 'close':
          return void last.then(() => exit(0));
        case 'observe':
          return say({ say: 'observed', number: message.number, observation: observe() });
        case 'ping':
          return say({ say: 'pong' });
      }
    },
    orphaned: () => exit(0),
  };
}

/** @throws LoadError whose faults stand at the place of the configuration that names the file */
function open(planned: PlannedCa, { now, random }: Pick<SignerPorts, 'now' | 'random'>): IssuingCa {
  const faults = new FaultCollector();
  const key = faults.tryNamed(planned.named, () => readCaKey({ ...planned, files: diskFiles }));
  faults.raise();
  return openIssuingCa({ ...planned, key: key!, now, random });
}
