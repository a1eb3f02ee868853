/** A gate whose output nobody reads. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeSite, until } from '../../acceptance/durability/site.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'sallyport');
const WAIT_MS = 60_000;
/** A line of JSON has more than a kibibyte: more than a pipe and the gate together hold. */
const EXCHANGES = 2_500;

test('lines that nobody reads are dropped, the gate serves on, and tells how many when somebody reads', async (context) => {
  const site = await makeSite(context);
  const args = [LAUNCHER, 'run', '--exchanges', '--json', '--config', site.project.config];
  const gate = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => gate.kill('SIGKILL'));
  let told = '';
  gate.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const portIn = () => Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(told)?.[1] ?? 0);
  await until('it has started', () => portIn() > 0, WAIT_MS);
  const partner = site.partner({ port: portIn() } as Parameters<typeof site.partner>[0], { connections: 8 });
  for (let sent = 0; sent < EXCHANGES; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => partner.read()));
    assert.ok(answers.every(({ status }) => status === 200));
  }
  partner.close();
  let lines = 0;
  gate.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 0x0a) lines++;
  });
  const dropped = () => Number(/(\d+) lines about exchanges were dropped/.exec(told)?.[1] ?? 0);
  await until('each is told or counted', () => dropped() > 0 && lines + dropped() === EXCHANGES, WAIT_MS);
  gate.kill('SIGTERM');
  const [code] = await once(gate, 'exit');
  assert.equal(code, 0);
});
