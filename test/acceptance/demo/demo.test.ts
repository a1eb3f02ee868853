/** What `npm start` shows a newcomer: the example gate, its five calls, and clear words where it cannot start. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { missingTools } from '../harness/tools.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A clone of its own, so that certificates and records of the example are made anew and nobody else's are used. */
let clone = '';

before(() => {
  clone = mkdtempSync(join(tmpdir(), 'sallyport-demo-'));
  for (const part of ['bin', 'src', 'examples', 'package.json']) {
    const filter = (path: string) => !path.includes('.sallyport');
    cpSync(join(ROOT, part), join(clone, part), { recursive: true, filter });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
});
after(() => rmSync(clone, { recursive: true, force: true }));

interface Demo {
  output(): string;
  waitFor(pattern: RegExp): Promise<void>;
  interrupt(): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

function startDemo(...args: string[]): Demo {
  const child = spawn(process.execPath, [join(clone, 'bin', 'sallyport'), 'demo', ...args], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return {
    output: () => text,
    exited,
    async waitFor(pattern) {
      const until = Date.now() + 20_000;
      while (!pattern.test(text)) {
        if (child.exitCode !== null || Date.now() > until) assert.fail(`${pattern} did not show:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    interrupt() {
      child.kill('SIGINT');
      return exited;
    },
  };
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function paste(command: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', command], { cwd: clone, encoding: 'utf8' }, (_error, stdout) => resolve(stdout));
  });
}

test('the five calls it prints have the outcomes it prints, each is one line, and Ctrl-C ends it with 0', {
  skip: missingTools('curl', 'bash'),
}, async () => {
  const demo = startDemo('--port', '0');
  await demo.waitFor(/Every exchange, one line:/);
  const calls = [...demo.output().matchAll(/^ {2}\d\. .* → (\d{3})[^\n]*\n {2}(curl .*)$/gm)];
  assert.equal(calls.length, 5);
  assert.deepEqual(
    calls.map(([, status]) => status),
    ['200', '401', '404', '422', '403'],
  );
  for (const [, status, command] of calls) {
    const answer = await paste(command!);
    assert.ok(answer.trim().endsWith(status!), `${command}\n${answer}`);
    for (const inside of ['internalMargin', '_debug', 'personalNumber', '19850412']) {
      assert.ok(!answer.includes(inside), `${inside} left the gate`);
    }
  }
  await demo.waitFor(/AUTHZ_DENIED/);
  for (const line of [
    /acme-erp +orders.listOrders +allowed +200/,
    /AUTHN_NONE/,
    /MATCH_PATH/,
    /VALIDATE_SCHEMA at \/lines\/0\/quantity/,
  ]) {
    assert.match(demo.output(), line);
  }
  assert.equal(await demo.interrupt(), 0);
});

test('the certificates it makes are for their owner alone and are used again', async () => {
  const pki = join(clone, 'examples', 'orders', '.sallyport', 'pki');
  const first = startDemo('--port', '0');
  await first.waitFor(/one line:/);
  await first.interrupt();
  assert.equal(statSync(pki).mode & 0o077, 0);
  assert.equal(statSync(join(pki, 'gate.key')).mode & 0o077, 0);
  const made = statSync(join(pki, 'gate.key')).mtimeMs;
  const second = startDemo('--port', '0');
  await second.waitFor(/one line:/);
  await second.interrupt();
  assert.equal(statSync(join(pki, 'gate.key')).mtimeMs, made);
});

test('a port in use is named, with what to do', async (context) => {
  // The service stands on its own fixed port beside a gate on a fixed one, where the demo of another clone may run.
  const [other, free] = [await listening(), await listening()];
  context.after(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const file = join(clone, 'examples', 'orders', 'sallyport.yaml');
  const written = readFileSync(file, 'utf8');
  context.after(() => writeFileSync(file, written));
  writeFileSync(file, written.replace(/(url: http:\/\/127\.0\.0\.1:)\d+/, `$1${(free.address() as AddressInfo).port}`));
  await new Promise((resolve) => free.close(resolve));
  const demo = startDemo('--port', String(port));
  assert.equal(await demo.exited, 2);
  assert.match(demo.output(), new RegExp(`127\\.0\\.0\\.1:${port} is in use by another program`));
  assert.match(demo.output(), /→ .*npm start -- --port 0/);
});

test('half-made certificates are named, with what to do', async () => {
  const pki = join(clone, 'examples', 'orders', '.sallyport', 'pki');
  rmSync(pki, { recursive: true, force: true });
  mkdirSync(pki, { recursive: true, mode: 0o700 });
  const demo = startDemo('--port', '0');
  assert.equal(await demo.exited, 2);
  assert.match(demo.output(), /DATA_FOLDER .*incomplete.*gate\.key/);
  assert.match(demo.output(), /Remove this folder/);
  rmSync(pki, { recursive: true });
});

test('a missing curl is said, and the gate runs all the same', async () => {
  const child = spawn(process.execPath, [join(clone, 'bin', 'sallyport'), 'demo', '--port', '0'], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: '/nonexistent', NO_COLOR: '1' },
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('one line:')) break;
  }
  assert.match(text, /curl is not installed here/);
  child.kill('SIGINT');
  await once(child, 'exit');
});

test('a port that is no port is a usage error', async () => {
  const demo = startDemo('--port', '70000');
  assert.equal(await demo.exited, 2);
  assert.match(demo.output(), /0 to 65535/);
});
