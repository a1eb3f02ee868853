/** What a thousand targets send is not held in memory. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkReport } from '../../../src/check/report/report.ts';
import { parseClientHello } from '../../../src/protocol/tls/client-hello.ts';
import { alert, certificates, done, handshake, record, serverHello } from '../../tls/flight.ts';
import { u16, vector8 } from '../../tls/hello.ts';

const LAUNCHER = join(import.meta.dirname, '../../../bin/sallyport');
const SUITE = 0xc02f;
/** What a garbage collector leaves for later differs from run to run. What all targets send is 200 MB. */
const MAX_GROWTH_KB = 80_000;

/** Takes one suite of TLS 1.2 and shows a chain of 200 KB, so that what is held of each target would be seen. */
function answer(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.once('data', (bytes: Buffer) => {
    const parsed = parseClientHello(bytes);
    if (parsed.state !== 'complete' || parsed.hello.versions.includes(0x0304)) return socket.end(alert(2, 70));
    const { legacy_version, cipher_suites } = parsed.hello;
    if (legacy_version !== 0x0303 || !cipher_suites.includes(SUITE)) return socket.end(alert(2, 40));
    const key_exchange = handshake(12, Buffer.concat([Buffer.of(3), u16(0x001d), vector8(Buffer.alloc(32))]));
    const chain = certificates(Buffer.alloc(100_000, 0x30), Buffer.alloc(100_000, 0x31));
    socket.write(record(22, serverHello({ cipher_suite: SUITE })));
    for (let at = 0; at < chain.length; at += 16_000) socket.write(record(22, chain.subarray(at, at + 16_000)));
    socket.write(record(22, Buffer.concat([key_exchange, done])));
  });
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-thousand-'));
const servers = ['127.0.0.1', '::1'].map(() => createServer(answer));
let port = 0;
before(async () => {
  const [first, second] = servers;
  first!.listen(0, '127.0.0.1');
  await once(first!, 'listening');
  port = (first!.address() as AddressInfo).port;
  // Which of the two a name leads to first is the system's choice.
  second!.on('error', () => undefined).listen(port, '::1');
});
after(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Names that differ as texts and lead to one host. */
function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const letters = [...'localhost'].map((letter, at) => (((index >> at) & 1) === 1 ? letter.toUpperCase() : letter));
    return `${index >= 512 ? 'https://' : ''}${letters.join('')}:${port}`;
  });
}

/** The most memory the command had, in KB, and its report. */
async function checkOf(count: number): Promise<{ peak_kb: number; report: unknown }> {
  const list = join(folder, 'list.txt');
  const output = join(folder, 'report.json');
  writeFileSync(list, names(count).join('\n'));
  const args = ['check', `@${list}`, '--addresses', 'first', '--json', '--output', output];
  const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: 'ignore' });
  let peak_kb = 0;
  const look = setInterval(() => {
    peak_kb = Math.max(peak_kb, peakOf(child.pid));
  }, 50);
  await once(child, 'exit');
  clearInterval(look);
  return { peak_kb, report: JSON.parse(readFileSync(output, 'utf8')) };
}

/** 0 where it has ended. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kb = '0'] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb);
  } catch {
    return 0;
  }
}

const skip = process.platform !== 'linux' && 'memory is read from /proc';

test('a thousand targets are all told, in their order, at about the memory of a hundred', { skip }, async (context) => {
  const few = await checkOf(100);
  const many = await checkOf(1_000);
  const { targets, counts } = checkReport.parse(many.report);
  assert.deepEqual(
    targets.map(({ target }) => target),
    names(1_000),
  );
  assert.equal(counts.findings, 1_000);
  assert.ok(targets.every(({ tls }) => tls?.chains.length === 1));
  context.diagnostic(`peak with 100 targets ${few.peak_kb} KB, with 1,000 ${many.peak_kb} KB`);
  assert.ok(few.peak_kb > 0 && many.peak_kb < few.peak_kb + MAX_GROWTH_KB, `${few.peak_kb} and ${many.peak_kb} KB`);
});
