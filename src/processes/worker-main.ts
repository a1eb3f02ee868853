/** Entry of a worker's process: where time, randomness and the network come in. */
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { painter } from '../cli/terminal.ts';
import { RemoteLog } from '../core/audit/index.ts';
import { createDialler, SpareDescriptors, systemLookup } from '../core/resolver/index.ts';
import { exchangeLine } from '../wiring/line.ts';
import { followSupervisor } from './follow-supervisor.ts';
import { connectLink } from './link.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { ownWatching } from './own-watching.ts';
import { lineChannel } from './supervisor-channel.ts';
import { createWorker } from './worker.ts';

const WAITING_BYTES = 32 * 1024 * 1024;
/** Before the watchdog ends a recorder that hangs, so that callers are answered meanwhile. */
const LATE_MS = 5_000;

const supervisor = lineChannel<FromWorker, ToWorker>();
const version = process.env['SALLYPORT_VERSION'] ?? '0.0.0';
const monotonic = () => performance.now();
const spare = new SpareDescriptors({ open: () => openSync(devNull, 'r'), close: closeSync });
/** The supervisor knows its terminal, and this process writes to none. */
const paintFor = (is_terminal: boolean) =>
  painter({ is_terminal, columns: 80, write: () => undefined, is_closed: () => false }, {});

const worker = createWorker({
  gate: {
    now: () => Date.now(),
    monotonic,
    random: Math.random,
    randomFill: (buffer) => randomFillSync(buffer),
    dialler: createDialler({ lookup: systemLookup, now: monotonic, spare }),
    spare,
    version,
  },
  watching: ownWatching(process),
  log: new RemoteLog({ product_version: version, waiting_bytes: WAITING_BYTES, late_ms: LATE_MS, now: monotonic }),
  connectLink: (path) => spare.use(() => connectLink(path)),
  say: supervisor.say,
  lineOf(form) {
    if (form === 'none') return null;
    if (form === 'json') return (outcome) => JSON.stringify(outcome);
    const paint = paintFor(form === 'color');
    return (outcome) => exchangeLine(outcome, paint);
  },
  exit: (code) => process.exit(code),
});

followSupervisor(process, 'a worker', supervisor, worker);
