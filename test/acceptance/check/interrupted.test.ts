/** A check that is ended while it waits for a server that says nothing. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

const LAUNCHER = join(import.meta.dirname, '../../../bin/sallyport');

describe('a check that is ended by a signal', () => {
  let folder = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-interrupted-'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ended(signal: NodeJS.Signals, ...args: readonly string[]) {
    const { port } = server.address() as AddressInfo;
    const connected = once(server, 'connection');
    const argv = [LAUNCHER, 'check', `127.0.0.1:${port}`, ...args];
    const child = spawn(process.execPath, argv, { cwd: folder, timeout: 20_000 });
    const told = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        told[name] += chunk.toString();
      });
    await connected;
    const begun = readdirSync(folder);
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, begun, ...told };
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`${signal} leaves the file as it was and nothing beside it, and the exit code says that it did not finish`, async () => {
      writeFileSync(join(folder, 'report.json'), 'old');
      const { code, begun, stderr } = await ended(signal, '--json', '--output', 'report.json');
      assert.ok(
        begun.some((name) => name.endsWith('.new')),
        begun.join(' '),
      );
      assert.deepEqual(readdirSync(folder), ['report.json']);
      assert.equal(readFileSync(join(folder, 'report.json'), 'utf8'), 'old');
      assert.deepEqual(
        [code, stderr],
        [3, 'ended by a signal before the check was done; nothing was written to report.json\n'],
      );
    });
  }

  it('without a file it says that the report is not whole', async () => {
    const { code, stdout, stderr } = await ended('SIGINT');
    assert.deepEqual(
      [code, stdout, stderr],
      [3, '', 'ended by a signal before the check was done; the report is not whole\n'],
    );
  });
});
