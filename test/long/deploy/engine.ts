/**
 * A container engine of its own: Podman in namespaces, with its images in a folder that is gone with it. Commands find it
 * as `docker`, so that those of docs/operations.md can be pasted.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { findTool, missingTools } from '../../acceptance/harness/tools.ts';
import { noMachine, type Ran } from './machine.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const COMMAND_MS = 15 * 60_000;
const TOOLS = ['podman', 'podman-compose', 'crun', 'conmon', 'mmdebstrap', 'ip', 'iptables', 'curl', 'npm'];
/** Podman's packages put it there. */
const NETAVARK = '/usr/lib/podman';

export interface Engine {
  /** The folder that commands run in. */
  readonly folder: string;
  /** Runs a line of shell as root beside the containers, in a network without a way out, whatever it answers. */
  try(script: string): Promise<Ran>;
  /** The same, and its output; throws where it does not answer 0. */
  run(script: string): Promise<string>;
  /** Runs a line of shell in the clone, with the host's network: what makes images fetches packages. */
  make(script: string): Promise<string>;
}

/** For the `skip` option: why no engine can be started here, or false. */
export function noEngine(): string | false {
  return missingTools(...TOOLS) || noMachine();
}

/** Starts one, with the two bases of the Dockerfile under their names; it ends with the test. */
export async function startEngine(context: TestContext): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-engine-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  configure(folder);
  const release = join(root, 'release');
  mkdirSync(release, { recursive: true });
  const flags = ['--mount', '--pid', '--net', '--fork', '--kill-child', '--mount-proc'];
  const boot = join(import.meta.dirname, 'boot-engine.sh');
  const child = spawn('unshare', [...flags, 'bash', boot, release], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let first: number | null = null;
  context.after(async () => {
    // The kernel ends everything in namespaces whose first process is killed, and only then ends that one.
    if (first !== null && child.exitCode === null) process.kill(first, 'SIGKILL');
    else child.kill('SIGKILL');
    await ended;
    removeCgroups();
    rmSync(folder, { recursive: true, force: true });
  });
  first = await firstProcess(child);
  const shared = ['--target', String(first), '--mount', '--pid'];
  const env = environmentOf(folder);
  const attempt = (script: string) => enter([...shared, '--net', `--wdns=${home}`], env, script);
  const engine: Engine = {
    folder: home,
    try: attempt,
    run: async (script) => outputOf(script, await attempt(script)),
    make: async (script) => outputOf(script, await enter([...shared, `--wdns=${root}`], env, script)),
  };
  await makeBases(engine, folder);
  return engine;
}

/** Those of Podman that are empty, as its are when everything in it has ended. */
function removeCgroups(): void {
  const found = "find /sys/fs/cgroup -depth -type d -path '*/libpod_parent*' -exec rmdir {} +";
  try {
    execFileSync('sh', ['-c', found], { stdio: 'ignore' });
  } catch {
    // An empty control group costs nothing.
  }
}

async function firstProcess(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the engine has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'up')
      return Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ')[0]);
  }
  throw new Error('the engine did not start');
}

function enter(args: readonly string[], env: NodeJS.ProcessEnv, script: string): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env, timeout: COMMAND_MS, maxBuffer: 64 * 1024 * 1024 };
    execFile('nsenter', [...args, 'sh', '-euc', script], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
    });
  });
}

function outputOf(script: string, { code, stdout, stderr }: Ran): string {
  if (code !== 0) throw new Error(`${script}\nanswered ${code}\n${stdout}${stderr}`);
  return stdout;
}

const environmentOf = (folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${folder}/bin:${process.env['PATH']}:/usr/sbin:/sbin`,
  LC_ALL: 'C',
  NO_COLOR: '1',
  // A date that is not the commit's, so that a changed clone can be tested too.
  SOURCE_DATE_EPOCH: '1700000000',
  CONTAINERS_CONF: `${folder}/containers.conf`,
  CONTAINERS_STORAGE_CONF: `${folder}/storage.conf`,
});

/** Podman under the name of Docker. It has no systemd here that would run health checks, and says so at each start. */
const DOCKER = `#!/bin/sh
case $1 in
  compose) shift; exec podman-compose "$@" ;;
  build) shift; exec podman --log-level=error build --format docker --network host "$@" ;;
esac
exec podman --log-level=fatal "$@"
`;

function configure(folder: string): void {
  const write = (name: string, text: string, mode = 0o644) => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), mode);
  };
  mkdirSync(join(folder, 'bin'));
  write('bin/docker', DOCKER, 0o755);
  const lower = `'${process.execPath}' '${join(import.meta.dirname, 'lower-limits.ts')}' "$@"`;
  write('bin/runtime', `#!/bin/sh\n${lower} && exec '${findTool('crun')}' "$@"\n`, 0o755);
  write('storage.conf', `[storage]\ndriver = "overlay"\ngraphroot = "${folder}/images"\nrunroot = "${folder}/run"\n`);
  write(
    'containers.conf',
    `[containers]
log_driver = "k8s-file"
[network]
network_backend = "netavark"
network_config_dir = "${folder}/networks"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
helper_binaries_dir = ["${NETAVARK}"]
runtime = "lowered"
tmp_dir = "${folder}/tmp"
[engine.runtimes]
lowered = ["${folder}/bin/runtime"]
`,
  );
}

/** What the Dockerfile starts from, made of Debian's packages: no registry is asked. */
async function makeBases(engine: Engine, folder: string): Promise<void> {
  const tar = join(folder, 'debian.tar');
  await engine.make(`mmdebstrap --quiet --variant=minbase bookworm '${tar}' http://deb.debian.org/debian`);
  await engine.make(`docker import '${tar}' docker.io/library/debian:12-slim`);
  const file = join(import.meta.dirname, 'base.Dockerfile');
  await engine.make(`docker build --file '${file}' --tag gcr.io/distroless/cc-debian12:nonroot '${folder}/home'`);
}
