/**
 * Whether this kernel can lose a write it has reported as durable, when its file system turns itself read-only at that
 * moment. No gate takes part: a file opened with O_DSYNC on an ext4 of its own, an error put into the file system, a
 * fresh mount, and a look at what is there. Needs root and /sys/fs/ext4/<device>/trigger_fs_error.
 *
 *   node bench/faults/kernel-sync.ts [RUNS]
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const RECORD = Buffer.alloc(1500, 'x');
const { O_CREAT, O_DSYNC, O_RDWR } = fs.constants;

const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8' }).trim();

/** Writes until the file system refuses; resolves with the bytes that were reported as durable. */
function writeOn(descriptor: number): Promise<number> {
  return new Promise((resolve) => {
    const next = (durable: number): void =>
      fs.write(descriptor, RECORD, 0, RECORD.length, durable, (error, written) =>
        error || written < RECORD.length ? resolve(durable) : next(durable + written),
      );
    next(0);
  });
}

async function lostBytes(image: string, mount: string): Promise<number> {
  run('mkfs.ext4', '-q', '-F', image);
  run('mount', '-o', 'loop,errors=remount-ro', image, mount);
  try {
    const device = basename(run('findmnt', '-n', '-o', 'SOURCE', mount));
    const descriptor = fs.openSync(join(mount, 'file'), O_CREAT | O_RDWR | O_DSYNC, 0o600);
    run('sync', '-f', mount);
    const writing = writeOn(descriptor);
    await sleep(50 + Math.random() * 100);
    fs.writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, '1');
    const durable = await writing;
    fs.closeSync(descriptor);
    run('umount', mount);
    run('mount', '-o', 'loop', image, mount);
    const there = fs.readFileSync(join(mount, 'file'));
    const first_hole = there.indexOf(0);
    return Math.max(0, durable - (first_hole < 0 ? there.length : first_hole));
  } finally {
    run('umount', mount);
  }
}

async function main(runs: number): Promise<void> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'sallyport-kernel-sync-'));
  const image = join(folder, 'image');
  const mount = join(folder, 'mount');
  fs.mkdirSync(mount);
  run('truncate', '-s', '32M', image);
  let lossy = 0;
  for (let number = 1; number <= runs; number++) {
    const bytes = await lostBytes(image, mount);
    if (bytes === 0) continue;
    lossy++;
    console.log(`run ${number}: ${bytes} bytes reported as durable are not there`);
  }
  console.log(`${lossy} of ${runs} runs lost what O_DSYNC promises (${run('uname', '-sr')})`);
  fs.rmSync(folder, { recursive: true });
}

await main(Number(process.argv[2] ?? 60));
