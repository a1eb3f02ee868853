/**
 * A machine of its own to install on: this host's systemd as the first process in namespaces of its own, over an
 * overlay of this host's files that is gone with it. Needs root and a kernel that lets it mount.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '..', '..', '..');
const BOOT_MS = 60_000;
const COMMAND_MS = 100_000;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Machine {
  /** Runs a line of shell as root in the machine, whatever it answers. */
  try(script: string): Promise<Ran>;
  /** The same, and its output; throws where it does not answer 0. */
  run(script: string): Promise<string>;
  /** Writes a file in the machine; its folder is made. */
  write(path: string, text: string, mode?: string): Promise<void>;
  /** Process id of its first process, as the host sees it. */
  readonly pid: number;
}

/** For the `skip` option: why no machine can be made here, or false. */
export function noMachine(): string | false {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/lib/systemd/systemd')) {
    if (process.env['SALLYPORT_TOOLS'] === 'required') throw new Error('not installed: systemd');
    return 'not installed: systemd';
  }
  try {
    const attempt = 'mount --make-rprivate / && mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/c /mnt/o';
    const mounts =
      'mount -t cgroup2 c /mnt/c && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/o';
    execFileSync('unshare', ['--mount', '--pid', '--net', '--fork', 'sh', '-c', `${attempt} && ${mounts}`]);
    return false;
  } catch {
    return 'no namespaces or no overlay may be made here';
  }
}

/** Boots one; it ends with the test. */
export async function bootMachine(context: TestContext): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-machine-'));
  const log = join(folder, 'boot.log');
  const command = [join(import.meta.dirname, 'boot-machine.sh'), folder, root, process.execPath];
  const output = openSync(log, 'w');
  const flags = ['--mount', '--pid', '--net', '--fork', '--kill-child'];
  const child = spawn('unshare', [...flags, 'bash', ...command], { stdio: ['ignore', output, output] });
  const ended = once(child, 'exit');
  closeSync(output);
  let first: number | null = null;
  context.after(async () => {
    // The kernel ends everything in a machine whose first process is killed.
    if (first !== null && child.exitCode === null) process.kill(first, 'SIGKILL');
    else child.kill('SIGKILL');
    await ended;
    removeCgroup(folder);
    rmSync(folder, { recursive: true, force: true });
  });
  first = await firstProcess(child, log);
  const machine = enter(first);
  await waitUntilUp(machine, log);
  return machine;
}

async function firstProcess(child: ChildProcess, log: string): Promise<number> {
  const until = Date.now() + BOOT_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the machine did not boot:\n${readFileSync(log, 'utf8')}`);
    const [pid] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ');
    // Until it has become systemd, it is still the script, in the host's files.
    if (pid && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'systemd') return Number(pid);
    if (Date.now() > until) throw new Error('the machine did not boot in time');
    await sleep(50);
  }
}

function enter(pid: number): Machine {
  const attempt = (script: string, input = ''): Promise<Ran> =>
    new Promise((resolve) => {
      const args = ['--target', String(pid), '--all', '--wdns=/', 'sh', '-euc', script];
      const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C', NO_COLOR: '1' };
      const options = { env, timeout: COMMAND_MS, maxBuffer: 64 * 1024 * 1024 };
      const child = execFile('nsenter', args, options, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
      });
      // A command that reads nothing may be gone before it is given anything.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  const run = async (script: string, input = ''): Promise<string> => {
    const { code, stdout, stderr } = await attempt(script, input);
    if (code !== 0) throw new Error(`${script}\nanswered ${code}\n${stdout}${stderr}`);
    return stdout;
  };
  return {
    pid,
    try: attempt,
    run,
    async write(path, text, mode = '0644') {
      await run(`mkdir -p "$(dirname '${path}')" && cat >'${path}' && chmod ${mode} '${path}'`, text);
    },
  };
}

async function waitUntilUp(machine: Machine, log: string): Promise<void> {
  const until = Date.now() + BOOT_MS;
  for (;;) {
    const { stdout } = await machine.try('systemctl is-system-running');
    if (/^(running|degraded)/.test(stdout)) return;
    if (Date.now() > until) throw new Error(`the machine did not come up (${stdout}):\n${readFileSync(log, 'utf8')}`);
    await sleep(100);
  }
}

/** Its control group stays when its processes are gone; an empty one is removed from the leaves up. */
function removeCgroup(folder: string): void {
  const name = basename(folder);
  const script = `mount --make-rprivate / && mount -t cgroup2 c /mnt && find /mnt -depth -type d -path '*${name}*' -exec rmdir {} +`;
  try {
    execFileSync('unshare', ['--mount', 'sh', '-c', script], { stdio: 'ignore' });
  } catch {
    // An empty control group costs nothing.
  }
}
