/**
 * What a full check of one endpoint costs in time and connections, beside sslscan and testssl, at no delay and at a round trip of 20 ms.
 * Wall time is that of the whole command, as its user waits for it.
 *
 *   npm run bench -- check [--quick] [--only sane|default|everything]
 *
 * `--quick` leaves testssl out, which takes minutes.
 */
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, startNginx } from '../test/acceptance/harness/nginx.ts';
import { findTool } from '../test/acceptance/harness/tools.ts';
import { type Relay, startRelay } from './check/delaying-relay.ts';
import { describeMachine, machineLine } from './gate/machine.ts';

const ROUND_TRIPS_MS = [0, 20];
const ROUNDS = 3;
/** What has not ended by then is stopped, and the line says so. */
const LIMIT_MS = 900_000;

interface Tool {
  readonly name: string;
  readonly version: string;
  readonly rounds: number;
  readonly command: (port: number) => readonly [string, readonly string[]];
}

interface Taken {
  readonly wall_s: number;
  readonly cpu_s: number;
  readonly connections: number;
  readonly stopped: boolean;
}

const launcher = join(import.meta.dirname, '..', 'bin', 'sallyport');

function tools(quick: boolean): Tool[] {
  const address = (port: number) => `127.0.0.1:${port}`;
  const found: Tool[] = [
    {
      name: 'sallyport check',
      version: execFileSync(process.execPath, [launcher, '--version'], { encoding: 'utf8' }).trim(),
      rounds: ROUNDS,
      command: (port) => [process.execPath, [launcher, 'check', address(port), '--json']],
    },
  ];
  const sslscan = findTool('sslscan');
  if (sslscan !== null) {
    const version =
      execFileSync(sslscan, ['--no-colour', '--version'], { encoding: 'utf8' }).trim().split('\n')[0] ?? '';
    found.push({
      name: 'sslscan',
      version,
      rounds: ROUNDS,
      command: (port) => [sslscan, ['--no-colour', address(port)]],
    });
  }
  const testssl = quick ? null : findTool('testssl');
  if (testssl !== null) {
    const args = ['--quiet', '--color', '0', '--warnings', 'off', '--ip', 'one'];
    found.push({ name: 'testssl', version: 'full', rounds: 1, command: (port) => [testssl, [...args, address(port)]] });
  }
  return found;
}

/** nginx, by its directives. */
const SET_UPS: readonly (readonly [string, string])[] = [
  ['sane', 'ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20; ssl_prefer_server_ciphers on;'],
  ['default', ''],
  ['everything', 'ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;'],
];

/** The exit code says what was found, and is no matter here. */
async function taken([file, args]: readonly [string, readonly string[]], relay: Relay): Promise<Taken> {
  relay.takeConnections();
  const began_ms = performance.now();
  const child = execFile('/usr/bin/env', ['bash', '-c', '"$@" >/dev/null 2>&1; times >&2', '-', file, ...args], {
    timeout: LIMIT_MS,
  });
  let text = '';
  child.stderr?.on('data', (chunk: string) => {
    text += chunk;
  });
  await once(child, 'close');
  const wall_s = (performance.now() - began_ms) / 1000;
  return { wall_s, cpu_s: cpuOf(text), connections: relay.takeConnections(), stopped: child.killed };
}

/** The last line of what the shell's `times` prints: user and system time of its children, such as `0m0.512s 0m0.081s`. */
function cpuOf(text: string): number {
  const parts = [...(text.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return parts.reduce((sum, part) => sum + part, 0);
}

const middle = (values: readonly number[]) => values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;

export async function benchCheck(argv: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-check-'));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'cert.key') };
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-nodes',
      '-newkey',
      'rsa:2048',
      '-keyout',
      files.key,
      '-out',
      files.cert,
      '-days',
      '30',
      '-subj',
      '/CN=localhost',
    ],
    { stdio: 'ignore' },
  );
  const servers = await Promise.all(
    SET_UPS.map(async ([name, directives]) => ({ name, port: await freePort(), ...files, directives })),
  );
  const nginx = await startNginx(join(folder, 'nginx'), servers);
  console.log(machineLine(describeMachine()));
  const { values } = parseArgs({
    args: [...argv],
    options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
  });
  const asked = tools(values.quick);
  console.log(asked.map(({ name, version }) => `${name} ${version}`).join(' · '));
  console.log('\nnginx        round trip  tool               wall s   CPU s  connections');
  try {
    for (const { name, port } of servers.filter((one) => one.name.startsWith(values.only))) {
      for (const round_trip_ms of ROUND_TRIPS_MS) {
        const relay = await startRelay(port, round_trip_ms);
        for (const { name: tool, rounds, command } of asked) {
          const all: Taken[] = [];
          for (let round = 0; round < rounds; round++) all.push(await taken(command(relay.port), relay));
          const line = [
            name.padEnd(12),
            `${round_trip_ms} ms`.padEnd(11),
            tool.padEnd(16),
            middle(all.map(({ wall_s }) => wall_s))
              .toFixed(2)
              .padStart(8),
            middle(all.map(({ cpu_s }) => cpu_s))
              .toFixed(2)
              .padStart(7),
            String(middle(all.map(({ connections }) => connections))).padStart(12),
            all.some(({ stopped }) => stopped) ? ' stopped before its end' : '',
          ];
          console.log(line.join(' ').trimEnd());
        }
        await relay.close();
      }
    }
  } finally {
    await nginx.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}
