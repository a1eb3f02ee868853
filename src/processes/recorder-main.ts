/** Entry of the recorder's process. */
import type { Socket } from 'node:net';
import { describeDefect } from '../wiring/describe-defect.ts';
import type { ToRecorder } from './messages.ts';
import { createRecorder } from './recorder.ts';

const recorder = createRecorder({
  now: () => Date.now(),
  say: (message) => void (process.connected && process.send?.(message, undefined, undefined, ignore)),
  exit: (code) => process.exit(code),
});

// The supervisor says when to end; what a terminal or a service manager sends to the whole group is meant for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.on('uncaughtException', (error) => {
  process.stderr.write(`sallyport: the recorder ended by a defect: ${describeDefect(error)}\n`);
  process.exit(3);
});
process.on('message', (message, handle) => recorder.hear(message as ToRecorder, handle as Socket | undefined));
process.on('disconnect', () => recorder.orphaned());

/** A supervisor that has just ended hears nothing any more; `disconnect` is about to say so. */
function ignore(): void {}
