/** Kills a writing process again and again, and holds the log to what it acknowledged. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openLog, readAll } from './records.ts';

const WRITER = fileURLToPath(new URL('./writer-process.ts', import.meta.url));

export interface Writer {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves when the output contains the text, or the process has ended. */
  readonly until: (text: string) => Promise<void>;
  readonly ended: Promise<void>;
}

export interface WriterOptions {
  /** Put before the command line: `['strace', …]`. */
  readonly wrapper?: readonly string[];
  readonly uid?: number;
  /** How many exchanges to write; until it is killed when missing. */
  readonly exchanges?: number;
  /** How it makes records durable; as the gate does on this platform when missing. */
  readonly sync?: 'O_DSYNC' | 'fdatasync';
}

export function startWriter(folder: string, prefix: string, options: WriterOptions = {}): Writer {
  const { wrapper = [], uid, exchanges = Number.POSITIVE_INFINITY, sync = '' } = options;
  const [command = '', ...rest] = [...wrapper, process.execPath, WRITER, folder, prefix, String(exchanges), sync];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'], ...(uid === undefined ? {} : { uid }) });
  const ended = once(child, 'close').then(() => undefined);
  let output = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text;
  });
  const until = async (text: string): Promise<void> => {
    while (!output.includes(text) && child.exitCode === null && child.signalCode === null) {
      await Promise.race([once(child.stdout, 'data'), ended]);
    }
  };
  return { child, output: () => output, until, ended };
}

export async function killRounds(folder: string, rounds: number): Promise<void> {
  const intents = new Set<string>();
  const outcomes = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const writer = startWriter(folder, `r${round}`);
    // At another moment each round: before, while and after the first records are written.
    await writer.until(round % 5 === 0 ? 'ready' : `o r${round}-${round * 7}\n`);
    writer.child.kill('SIGKILL');
    await writer.ended;
    for (const [, kind, id = ''] of writer.output().matchAll(/^([io]) (\S+)\n/gm)) {
      (kind === 'i' ? intents : outcomes).add(id);
    }
  }
  await (await openLog(folder)).close();
  await checkPromises(folder, intents, outcomes);
}

async function checkPromises(folder: string, intents: Set<string>, outcomes: Set<string>): Promise<void> {
  const found = new Map<string, string[]>();
  for (const { kind, exchange_id, ocsf } of await readAll(folder)) {
    if (exchange_id === null) continue;
    const what = kind === 'intent' ? 'intent' : String(ocsf['status_code'] ?? 'allowed');
    found.set(exchange_id, [...(found.get(exchange_id) ?? []), what]);
  }
  for (const id of intents) assert.equal(found.get(id)?.[0], 'intent', `intent ${id} was acknowledged`);
  for (const id of outcomes) assert.deepEqual(found.get(id), ['intent', 'allowed'], `outcome ${id} was acknowledged`);
  for (const [id, kinds] of found) {
    assert.equal(kinds.length, 2, `${id} has exactly one intent and one outcome`);
    assert.match(kinds[1] ?? '', /^(allowed|OUTCOME_UNKNOWN)$/);
  }
  assert.ok(outcomes.size > 0);
}
