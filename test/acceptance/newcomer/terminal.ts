/** A terminal somebody pastes into: one shell, its output as it would show. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { delimiter, dirname } from 'node:path';

const MAX_MS = 60_000;

export interface TerminalOptions {
  readonly cwd: string;
  /** Folder of `sallyport`. */
  readonly bin: string;
}

/** When something that keeps running is ready: it said so, or a port of loopback answers. */
export type Ready = { readonly says: RegExp } | { readonly listens: number };

export interface Terminal {
  /** Everything that showed so far. */
  output(): string;
  /** Pastes commands and waits for the prompt; returns what they showed. */
  paste(commands: string): Promise<string>;
  /** Pastes a command that does not end. */
  leaveRunning(command: string, ready: Ready): Promise<void>;
  close(): Promise<void>;
}

export function openTerminal({ cwd, bin }: TerminalOptions): Terminal {
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  // A group of its own, so that what runs in it ends with it.
  const shell = spawn('bash', ['--norc', '--noprofile'], {
    cwd,
    detached: true,
    env: { ...process.env, PATH: path, NO_COLOR: '1' },
  });
  let text = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
  const exited = once(shell, 'exit');
  shell.stdin.write('exec 2>&1\n');

  async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + MAX_MS;
    while (!(await holds())) {
      if (Date.now() > end || shell.exitCode !== null) throw new Error(`${what} did not show:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  return {
    output: () => text,
    async paste(commands) {
      const from = text.length;
      const prompt = `prompt-${randomUUID()}`;
      shell.stdin.write(`${commands}\necho ${prompt}\n`);
      await until('the prompt', () => text.includes(`${prompt}\n`));
      return text.slice(from, text.indexOf(prompt));
    },
    async leaveRunning(command, ready) {
      shell.stdin.write(`${command}\n`);
      if ('says' in ready) await until(String(ready.says), () => ready.says.test(text));
      else await until(`port ${ready.listens}`, () => answers(ready.listens));
    },
    async close() {
      if (shell.exitCode === null && shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
      await exited;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
