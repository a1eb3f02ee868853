/** A role of the benchmark in a process of its own: asked by message, answers in order. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ENTRY = join(import.meta.dirname, '..', 'gate.ts');
/** Tells the entry that it is started for a role. */
export const ROLE_VARIABLE = 'SALLYPORT_BENCH_ROLE';

export type Role = 'upstream' | 'floor' | 'layer' | 'load';

export interface Child {
  readonly pid: number;
  /** Its next message. Rejects when it ends instead. */
  next<Answer>(): Promise<Answer>;
  ask<Answer>(question: object): Promise<Answer>;
  stop(): Promise<void>;
}

export function startChild(role: Role, argument: object = {}): Child {
  const child = fork(ENTRY, [JSON.stringify(argument)], { env: { ...process.env, [ROLE_VARIABLE]: role } });
  // Of a process that has ended; whoever asks it is told by `next`.
  child.on('error', () => undefined);
  const next = <Answer>() => nextMessage(child, role) as Promise<Answer>;
  return {
    pid: child.pid!,
    next,
    ask<Answer>(question: object) {
      const answer = next<Answer>();
      child.send(question);
      return answer;
    },
    stop: () => endProcess(child),
  };
}

function nextMessage(child: ChildProcess, role: Role): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      return reject(new Error(`the process of role ${role} has ended`));
    }
    const onExit = (code: number | null) => {
      child.off('message', onMessage);
      reject(new Error(`the process of role ${role} ended with ${code}`));
    };
    const onMessage = (message: unknown) => {
      child.off('exit', onExit);
      resolve(message);
    };
    child.once('exit', onExit);
    child.once('message', onMessage);
  });
}

const END_MS = 15_000;

/** SIGTERM, and SIGKILL for one that does not end. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await ended;
  clearTimeout(hard);
}
