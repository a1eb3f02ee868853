/** The command line as its users run it: a process of its own, started by the launcher. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'sallyport');
const MAX_MS = 20_000;

export interface CliRun {
  readonly exit_code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sallyport ARGS` in a folder; killed after 20 seconds. */
export function sallyport(folder: string, args: readonly string[]): Promise<CliRun> {
  const env = { ...process.env, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [LAUNCHER, ...args], { cwd: folder, env, timeout: MAX_MS }, (error, stdout, stderr) => {
      resolve({ exit_code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
    });
  });
}
