import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Fault, Place } from '../fault.ts';
import { refusesAll } from './disk-full.ts';

const SIZE_BYTES = 32 * 1024 * 1024;

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** An ext4 of its own that turns read-only when it finds an error, as disks that fail do. */
function mountExt4({ project, onEnd }: Place): string | null {
  const image = join(project.folder, 'disk.img');
  const folder = join(project.folder, 'data');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(image, '');
    run('truncate', '-s', String(SIZE_BYTES), image);
    run('mkfs.ext4', '-q', '-F', '-E', 'root_owner', image);
    mount(image, folder);
  } catch {
    return null;
  }
  onEnd(() => void run('umount', folder));
  return basename(run('findmnt', '-n', '-o', 'SOURCE', folder));
}

function mount(image: string, folder: string): void {
  run('mount', '-o', 'loop,errors=remount-ro', image, folder);
}

let device: string | null = null;

export const DISK_READ_ONLY: Fault = {
  name: 'disk-read-only',
  title: 'The file system turns read-only',
  promise:
    'every exchange is refused with 503 and nothing is executed; with a sound file system in its place the gate is back',
  accepts: (failure) => ['503', 'ECONNREFUSED', 'ECONNRESET'].includes(failure),
  // fdatasync of an ext4 whose journal was just aborted can return without an error although nothing of its last
  // transaction will be there again (jbd2_complete_transaction finds no transaction to wait for); ../kernel-sync.ts
  // shows it without a gate.
  excuses: /^acknowledged without an allowed outcome: [1-9],/,
  site: {
    prepare(place) {
      device = mountExt4(place);
    },
  },
  async run(stage) {
    if (device === null) return stage.skip('this user may not mount an ext4 on a loop device');
    const { gate, project, until, did, quick, companion, restart } = stage;
    try {
      writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, '1');
    } catch {
      return stage.skip('the kernel lets nobody put an error into an ext4');
    }
    await until('it is told', () => /cannot record \((EROFS|EIO)\)/.test(gate().output()));
    did('told as', /cannot record \((\w+)\)/.exec(gate().output())?.[1] ?? '');
    await refusesAll(stage, quick ? 1_000 : 4_000);
    // Such a file system takes no remount: it is checked and mounted anew, which nothing may hold open.
    await gate().stop();
    const folder = join(project.folder, 'data');
    run('umount', folder);
    mount(join(project.folder, 'disk.img'), folder);
    await companion.lifted();
    await restart();
  },
};
