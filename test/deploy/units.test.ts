/** What the units promise, read without systemd, and what systemd itself says about them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DRAIN_BUDGET_MS } from '../../src/wiring/run-gate.ts';
import { missingTools } from '../acceptance/harness/tools.ts';

const folder = join(import.meta.dirname, '..', '..', 'deploy', 'systemd');

/** Values of each directive of a unit in their order, by `Section.Directive`. */
function directivesOf(unit: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let section = '';
  for (const line of readFileSync(join(folder, unit), 'utf8').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const heading = /^\[(\w+)\]$/.exec(line);
    if (heading) {
      section = String(heading[1]);
      continue;
    }
    const [, name = '', value = ''] = /^([A-Za-z0-9]+)=(.*)$/.exec(line) ?? assert.fail(`no directive: ${line}`);
    found.set(`${section}.${name}`, [...(found.get(`${section}.${name}`) ?? []), value]);
  }
  return found;
}

const service = directivesOf('sallyport.service');
const socket = directivesOf('sallyport.socket');
const only = (name: string) => {
  const values = service.get(`Service.${name}`) ?? [];
  assert.equal(values.length, 1, `${name} stands ${values.length} times`);
  return values[0];
};

/** A key that is lost or weakened here is a hole that no other test would see. */
const SANDBOX: Readonly<Record<string, string>> = {
  AmbientCapabilities: '',
  CapabilityBoundingSet: '',
  ConfigurationDirectory: 'sallyport',
  DevicePolicy: 'closed',
  KeyringMode: 'private',
  LimitCORE: '0',
  LockPersonality: 'yes',
  NoNewPrivileges: 'yes',
  PrivateDevices: 'yes',
  PrivateIPC: 'yes',
  PrivateMounts: 'yes',
  PrivateTmp: 'yes',
  PrivateUsers: 'yes',
  ProcSubset: 'pid',
  ProtectClock: 'yes',
  ProtectControlGroups: 'yes',
  ProtectHome: 'yes',
  ProtectHostname: 'yes',
  ProtectKernelLogs: 'yes',
  ProtectKernelModules: 'yes',
  ProtectKernelTunables: 'yes',
  ProtectProc: 'invisible',
  ProtectSystem: 'strict',
  RemoveIPC: 'yes',
  RestrictAddressFamilies: 'AF_INET AF_INET6 AF_UNIX',
  RestrictNamespaces: 'yes',
  RestrictRealtime: 'yes',
  RestrictSUIDSGID: 'yes',
  StateDirectory: 'sallyport',
  StateDirectoryMode: '0700',
  SystemCallArchitectures: 'native',
  SystemCallErrorNumber: 'EPERM',
  UMask: '0077',
  User: 'sallyport',
};

test('the service is held to its whole sandbox', () => {
  for (const [name, value] of Object.entries(SANDBOX)) assert.equal(only(name), value, name);
  assert.deepEqual(service.get('Service.SystemCallFilter'), [
    '@system-service @pkey',
    '~@privileged @resources @keyring @memlock',
  ]);
});

test('nothing that the sandbox closes is opened again', () => {
  for (const name of ['ReadWritePaths', 'BindPaths', 'DeviceAllow', 'PermissionsStartOnly', 'EnvironmentFile']) {
    assert.ok(!service.has(`Service.${name}`), name);
  }
  for (const command of ['ExecStart', 'ExecStartPost', 'ExecReload'])
    assert.match(only(command) ?? '', /^\/usr\//, command);
});

test('the service has time to drain, is told to by a signal to its main process, and is always started again', () => {
  assert.equal(only('KillMode'), 'mixed');
  assert.equal(only('KillSignal'), 'SIGTERM');
  assert.ok(Number.parseInt(only('TimeoutStopSec') ?? '', 10) * 1000 >= 2 * DRAIN_BUDGET_MS);
  assert.equal(only('Restart'), 'on-failure');
  assert.ok(Number.parseInt(only('RestartSec') ?? '', 10) >= 1);
  assert.deepEqual(service.get('Unit.StartLimitIntervalSec'), ['0']);
  assert.ok(!service.has('Service.WatchdogSec'));
  assert.equal(only('OOMPolicy'), 'continue');
});

test('the socket unit holds its ports in the queue of the kernel, for one service', () => {
  assert.ok(!socket.has('Socket.Accept'));
  assert.ok(Number(socket.get('Socket.Backlog')?.[0]) >= 1024);
  assert.deepEqual(socket.get('Install.WantedBy'), ['sockets.target']);
});

test('a name that systemd would only warn of stands in no unit', {
  skip: missingTools('systemd-analyze'),
}, (context) => {
  const unit = join(standing(context), 'sallyport.service');
  // It says nothing where all is well.
  assert.equal(systemdAnalyze(['verify', '--man=no', unit, unit.replace(/service$/, 'socket')]), '');
});

test('systemd reckons the exposure of the service at 1.2 of 10 or less', {
  skip: missingTools('systemd-analyze'),
}, (context) => {
  const unit = join(standing(context), 'sallyport.service');
  const answer = systemdAnalyze(['security', '--offline=true', '--threshold=12', '--no-pager', unit]);
  assert.match(answer, /Overall exposure level for sallyport\.service: [01]\.\d/);
});

function systemdAnalyze(args: readonly string[]): string {
  const shell = ['-c', 'exec systemd-analyze "$@" 2>&1', 'sh', ...args];
  return execFileSync('sh', shell, { encoding: 'utf8', env: { ...process.env, SYSTEMD_COLORS: '0' } });
}

/** A copy of the units whose programs and page exist: those of an install are not on this host. */
function standing(context: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), 'sallyport-units-'));
  context.after(() => rmSync(place, { recursive: true, force: true }));
  cpSync(folder, place, { recursive: true });
  for (const unit of readdirSync(place).filter((name) => /\.(service|socket)$/.test(name))) {
    const text = readFileSync(join(place, unit), 'utf8');
    writeFileSync(join(place, unit), text.replaceAll(/^(Exec\w+)=\/usr\/\S+/gm, '$1=/bin/true'));
  }
  return place;
}
