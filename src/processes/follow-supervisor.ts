/** What every process that a supervisor started does with its signals, its output and what it is told. */

import type { Socket } from 'node:net';
import { describeDefect } from '../wiring/describe-defect.ts';
import type { SupervisorChannel } from './supervisor-channel.ts';

/** A part of a gate, in the process it has for itself. */
export interface Part<Down> {
  hear(message: Down, handle: Socket | undefined): void;
  /** The supervisor is gone. */
  orphaned(): void;
}

const DEFECT = 3;

/** @param who as an operator knows it */
export function followSupervisor<Down>(
  own: NodeJS.Process,
  who: string,
  supervisor: Omit<SupervisorChannel<never, Down>, 'say'>,
  part: Part<Down>,
): void {
  closeInspector(own);
  // The supervisor says when to end; what a terminal or a service manager sends to the whole group is meant for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) own.on(signal, () => undefined);
  for (const stream of [own.stdout, own.stderr]) stream.on('error', () => undefined);
  // What nobody caught is a defect of ours. Its message may hold payload, so only its place is told.
  own.on('uncaughtException', (error) => {
    own.stderr.write(`sallyport: ${who} ended by a defect: ${describeDefect(error)}\n`);
    own.exit(DEFECT);
  });
  supervisor.onMessage((message, handle) => part.hear(message, handle));
  supervisor.onGone(() => part.orphaned());
}

/**
 * SIGUSR1 would open Node's inspector, and with it this process to every other of the same user: to a worker that was
 * taken over, too. A listener takes its place.
 */
export function closeInspector(own: NodeJS.Process): void {
  own.on('SIGUSR1', () => undefined);
}
