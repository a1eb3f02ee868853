import { execFile } from 'node:child_process';

/** The slowest takes five minutes where it has a core of its own. */
const LIMIT_MS = 3_600_000;

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a checker to its end. The exit code says what was found, and is no matter here. */
export function runProgram(program: string, args: readonly string[]): Promise<Output> {
  const options = { encoding: 'utf8', timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 } as const;
  return new Promise((resolve) => {
    const child = execFile(program, [...args], options, (_error, stdout, stderr) => resolve({ stdout, stderr }));
    child.stdin?.end();
  });
}
