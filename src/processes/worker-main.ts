/** Entry of a worker's process: where time, randomness and the network come in. */
import { randomFillSync } from 'node:crypto';
import type { Socket } from 'node:net';
import { painter } from '../cli/terminal.ts';
import { RemoteLog } from '../core/audit/index.ts';
import { createDialler, systemLookup } from '../core/resolver/index.ts';
import { describeDefect } from '../wiring/describe-defect.ts';
import { exchangeLine } from '../wiring/line.ts';
import type { ToWorker } from './messages.ts';
import { createWorker } from './worker.ts';

const WAITING_BYTES = 32 * 1024 * 1024;

const version = process.env['SALLYPORT_VERSION'] ?? '0.0.0';
const monotonic = () => performance.now();
/** The supervisor knows its terminal, and this process writes to none. */
const paintFor = (is_terminal: boolean) => painter({ is_terminal, columns: 80, write: () => undefined }, {});

const worker = createWorker({
  gate: {
    now: () => Date.now(),
    monotonic,
    random: Math.random,
    randomFill: (buffer) => randomFillSync(buffer),
    dialler: createDialler({ lookup: systemLookup, now: monotonic }),
    version,
  },
  log: new RemoteLog({ product_version: version, waiting_bytes: WAITING_BYTES, now: monotonic }),
  say: (message) => void (process.connected && process.send?.(message, undefined, undefined, ignore)),
  lineOf(form) {
    if (form === 'none') return null;
    if (form === 'json') return (outcome) => JSON.stringify(outcome);
    const paint = paintFor(form === 'color');
    return (outcome) => exchangeLine(outcome, paint);
  },
  exit: (code) => process.exit(code),
});

// The supervisor says when to end; what a terminal or a service manager sends to the whole group is meant for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
// What nobody caught is a defect of ours. Its message may hold payload, so only its place is told.
process.on('uncaughtException', (error) => {
  process.stderr.write(`sallyport: a worker ended by a defect: ${describeDefect(error)}\n`);
  process.exit(3);
});
process.on('message', (message, handle) => worker.hear(message as ToWorker, handle as Socket | undefined));
process.on('disconnect', () => worker.orphaned());

/** A supervisor that has just ended hears nothing any more; `disconnect` is about to say so. */
function ignore(): void {}
