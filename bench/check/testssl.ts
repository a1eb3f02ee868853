import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** By id, in the words of testssl. */
export type Findings = ReadonlyMap<string, string>;

const CALM = ['--quiet', '--color', '0', '--warnings', 'off'];

/** @param args which of its parts are to run */
export async function findingsOf(
  program: string,
  args: readonly string[],
  { name, port }: { readonly name: string; readonly port: number },
): Promise<Findings> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-testssl-'));
  const file = join(folder, 'out.json');
  const where = ['--ip', '127.0.0.1', '--jsonfile', file, `${name}:${port}`];
  try {
    await runProgram(program, [...CALM, ...args, ...where]);
    const found = JSON.parse(readFileSync(file, 'utf8')) as { readonly id: string; readonly finding: string }[];
    return new Map(found.map(({ id, finding }) => [id, finding]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
