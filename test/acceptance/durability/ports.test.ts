/** Ports that cannot be opened. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ProcessOptions, runGateProcess } from '../harness/gate-process.ts';
import { makeSite, type Site, withoutPrivileges } from './site.ts';

function listenOn({ project }: Site, port: number): void {
  project.write('sallyport.yaml', readFileSync(project.config, 'utf8').replace('port: 0', `port: ${port}`));
}

async function refusesToStart(site: Site, message: RegExp, options?: ProcessOptions): Promise<void> {
  const run = await runGateProcess(site.project, options);
  assert.equal(run.code, 2, run.stderr);
  assert.match(run.stderr, message);
  assert.doesNotMatch(run.stderr, /at .*\.ts:\d+/, 'a message, no stack trace');
}

test('a port in use is named with what to do, the exit code is 2, and nothing is on record as started', async (context) => {
  const site = await makeSite(context);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  context.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  listenOn(site, port);
  await refusesToStart(
    site,
    new RegExp(`LISTEN 127\\.0\\.0\\.1:${port} is in use by another program[\\s\\S]*choose another port`),
  );
  assert.ok(!existsSync(join(site.project.folder, 'data', 'audit')), 'no log is begun');
});

const first_free_port = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'latin1'));

test('a privileged port is refused to a user without the right, with what to do', {
  skip: first_free_port <= 443 && 'every port is free to every user here',
}, async (context) => {
  const site = await makeSite(context);
  listenOn(site, 443);
  await refusesToStart(
    site,
    /LISTEN 127\.0\.0\.1:443 may not be opened by this user[\s\S]*CAP_NET_BIND_SERVICE/,
    withoutPrivileges(site),
  );
});
