/** Servers that begin in clear: a mail server of the field, and ends that hang up, wait or go on for ever. */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { starttlsProber } from '../../src/check/tls/starttls-prober.ts';
import type { Prober } from '../../src/core/resolver/index.ts';
import { freePort } from '../acceptance/harness/nginx.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { checked, createPki, suitesOf, verdictsOf, withOpenssl, withRaw } from './servers.ts';

const run = promisify(execFile);

/** Postfix's `smtpd` under its master, in folders of its own, on loopback. Postfix begins as root and no other way. */
const no_postfix =
  missingTools('openssl', 'postfix') || (process.getuid?.() === 0 ? false : 'Postfix is started by root alone');

async function withPostfix<T>(folder: string, lines: readonly string[], use: (port: number) => Promise<T>): Promise<T> {
  const port = await freePort();
  const [config, queue, data] = ['config', 'queue', 'data'].map((name) => join(folder, `postfix-${name}`));
  for (const path of [config!, queue!, data!]) mkdirSync(path);
  for (const name of ['pid', 'private', 'public']) mkdirSync(join(queue!, name));
  for (const path of [folder, config!, queue!]) chmodSync(path, 0o755);
  execFileSync('chown', ['postfix', data!, join(queue!, 'private'), join(queue!, 'public')]);
  const main = [
    `queue_directory = ${queue}`,
    `data_directory = ${data}`,
    'compatibility_level = 3.6',
    'myhostname = mail.example.org',
    'mydestination =',
    'inet_interfaces = loopback-only',
    'inet_protocols = ipv4',
    'alias_maps =',
    'alias_database =',
    'smtpd_peername_lookup = no',
    `maillog_file = ${folder}/mail.log`,
    `maillog_file_prefixes = ${folder}`,
    'smtpd_client_connection_count_limit = 0',
    ...lines,
  ];
  writeFileSync(join(config!, 'main.cf'), `${main.join('\n')}\n`);
  const services = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    ...['rewrite unix - - n - - trivial-rewrite', 'cleanup unix n - n - 0 cleanup', 'proxymap unix - - n - - proxymap'],
    ...['tlsmgr unix - - n 1000? 1 tlsmgr', 'anvil unix - - n - 1 anvil', 'postlog unix-dgram n - n - 1 postlogd'],
  ];
  writeFileSync(join(config!, 'master.cf'), `${services.join('\n')}\n`);
  const master = spawn('/usr/lib/postfix/sbin/master', ['-c', config!, '-d'], { stdio: 'ignore' });
  const exited = once(master, 'exit');
  try {
    for (let left = 200; !(await greets(port)); left--) {
      if (left === 0 || master.exitCode !== null) throw new Error('Postfix did not start');
      await sleep(25);
    }
    return await use(port);
  } finally {
    master.kill('SIGTERM');
    await exited;
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('data', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('data', () => socket.destroy());
  });
}

async function clientTakes(port: number, ...args: readonly string[]): Promise<boolean> {
  const client = run('openssl', ['s_client', '-starttls', 'smtp', '-connect', `127.0.0.1:${port}`, ...args]);
  client.child.stdin?.end('QUIT\r\n');
  return client.then(
    () => true,
    () => false,
  );
}

describe('a mail server', { skip: no_postfix }, () => {
  it('is asked behind STARTTLS, and openssl sees the same', async () => {
    const pki = createPki();
    try {
      const tls = [
        'smtpd_tls_security_level = may',
        `smtpd_tls_chain_files = ${pki.rsa.key}, ${pki.rsa.cert}`,
        'smtpd_tls_protocols = TLSv1.2',
      ];
      await withPostfix(pki.folder, tls, async (port) => {
        const report = await checked(port, { timeout_ms: 60_000, starttls: 'smtp' });
        assert.equal(report.problem, null);
        const accepted = report.tls?.versions
          .filter(({ acceptance }) => acceptance === 'accepted')
          .map(({ name }) => name);
        assert.deepEqual(accepted, ['TLS 1.2']);
        assert.deepEqual([await clientTakes(port, '-tls1_2'), await clientTakes(port, '-tls1_3')], [true, false]);
        const suites = suitesOf(report, 'TLS 1.2');
        for (const [name, iana] of [
          ['ECDHE-RSA-AES256-GCM-SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
          ['AES128-SHA', 'TLS_RSA_WITH_AES_128_CBC_SHA'],
          ['ECDHE-ECDSA-AES128-GCM-SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
        ] as const) {
          assert.equal(suites.includes(iana), await clientTakes(port, '-tls1_2', '-cipher', name), name);
        }
        assert.equal(report.tls?.chains.length, 1);
        const { tls13, 'secure-renegotiation': renegotiation } = verdictsOf(report);
        assert.deepEqual([tls13, renegotiation], ['warn', 'pass']);
      });
    } finally {
      pki.remove();
    }
  });

  it('without STARTTLS could not be judged, and is left alone', async () => {
    const pki = createPki();
    try {
      await withPostfix(pki.folder, ['smtpd_tls_security_level = none'], async (port) => {
        const { verdict, problem, advice, connections } = await checked(port, { starttls: 'smtp' });
        assert.deepEqual([verdict, problem], ['unfinished', 'STARTTLS is not offered']);
        assert.match(advice ?? '', /offers TLS there to strangers/);
        assert.ok(connections <= 6, String(connections));
      });
    } finally {
      pki.remove();
    }
  });
});

describe('an end behind STARTTLS', () => {
  /** Answers each line with the next turn. */
  const turns =
    (...says: readonly string[]) =>
    (socket: Socket) => {
      const left = [...says];
      socket.write(left.shift() ?? '');
      socket.on('data', () => {
        const next = left.shift();
        if (next === undefined) socket.destroy();
        else socket.write(next);
      });
    };

  const ends: readonly [string, (socket: Socket) => void, RegExp][] = [
    ['hangs up at once', (socket) => void socket.end(), /hung up before TLS could begin/],
    ['hangs up after its greeting', turns('220 hi\r\n'), /hung up before TLS could begin/],
    ['hangs up after EHLO', turns('220 hi\r\n', '250 STARTTLS\r\n'), /hung up before TLS could begin/],
    ['hangs up at the hello', turns('220 hi\r\n', '250 STARTTLS\r\n', '220 go\r\n'), /hung up without an answer/],
    ['answers the hello in clear', turns('220 hi\r\n', '250 STARTTLS\r\n', '220 go\r\n', '500 what\r\n'), /not TLS/],
    ['greets for ever', (socket) => void forEver(socket, '220-hi\r\n'.repeat(100)), /does not end/],
    ['sends one line for ever', (socket) => void forEver(socket, 'x'.repeat(1000)), /does not end|not speak SMTP/],
    ['speaks another protocol', turns('SSH-2.0-OpenSSH_9.2\r\n'), /does not speak SMTP/],
    ['says it is full', turns('421 too many connections\r\n'), /refusal \(421\)/],
  ];
  for (const [title, onSocket, problem] of ends) {
    it(`that ${title} is given up in few connections`, async () => {
      await withRaw(onSocket, async (port) => {
        const report = await checked(port, { timeout_ms: 10_000, answer_ms: 2_000, starttls: 'smtp' });
        assert.equal(report.verdict, 'unfinished');
        assert.match(report.problem ?? '', problem);
        assert.ok(report.connections <= 8, String(report.connections));
      });
    });
  }

  it('is waited for no longer than the address has time', async () => {
    const waited: number[] = [];
    const prober: Prober = {
      async ask({ answer_ms }) {
        waited.push(answer_ms);
        return 'late';
      },
    };
    const held = starttlsProber({ prober, protocol: 'smtp', host: 'a', timeLeft: () => 700 });
    const address = { address: '127.0.0.1', family: 4 } as const;
    const asking = held.ask({ address, port: 1, opening: null, connect_ms: 1, answer_ms: 500, onBytes: () => 'more' });
    await assert.rejects(asking, { code: 'FORWARD_LATE' });
    assert.deepEqual(waited, [700]);
  });

  it('that sends a byte a second costs no more than its time', async () => {
    const onSocket = (socket: Socket) => {
      const timer = setInterval(() => socket.write('2'), 1_000);
      socket.once('close', () => clearInterval(timer));
    };
    await withRaw(onSocket, async (port) => {
      const report = await checked(port, { timeout_ms: 10_000, answer_ms: 1_500, starttls: 'smtp' });
      assert.deepEqual([report.verdict, report.problem], ['unfinished', 'what comes before TLS did not come in time']);
    });
  });
});

describe('a database that counts connections', { skip: missingTools('openssl') }, () => {
  // Handshake V10 with CLIENT_SSL; SSLRequest has 36 bytes.
  const greeting = Buffer.concat([
    Buffer.from('\x20\0\0\0\x0a8\0\x04\0\0\0abcdefgh\0\0\x0a', 'latin1'),
    Buffer.alloc(14),
  ]);
  const REQUEST_BYTES = 36;

  it('is asked less often than it takes to be locked out, and what was left is said to be open', async () => {
    const pki = createPki();
    const { rsa, ecdsa } = pki;
    const files = ['-cert', rsa.cert, '-key', rsa.key, '-dcert', ecdsa.cert, '-dkey', ecdsa.key];
    try {
      await withOpenssl([...files, '-cipher', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'], async (behind) => {
        const onSocket = (socket: Socket) => {
          socket.write(greeting);
          socket.once('data', (chunk: Buffer) => {
            const server = createConnection({ port: behind, host: '127.0.0.1' });
            server.on('error', () => socket.destroy());
            server.write(chunk.subarray(REQUEST_BYTES));
            socket.pipe(server).pipe(socket);
          });
        };
        await withRaw(onSocket, async (port) => {
          const { verdict, problem, connections } = await checked(port, { timeout_ms: 60_000, starttls: 'mysql' });
          assert.equal(connections, 90);
          assert.deepEqual([verdict, problem], ['findings', 'too many connections']);
        });
      });
    } finally {
      pki.remove();
    }
  });
});

function forEver(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}
