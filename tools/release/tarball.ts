import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Release } from './stage.ts';

/** A tarball with one folder. Compressed by Node.js, whose version is pinned, and not by whatever gzip is there. */
export async function makeTarball({ work, out, version, date_s }: Release, product: string): Promise<string> {
  const name = `sallyport-${version}-${process.platform}-${process.arch}`;
  const tar = join(work, `${name}.tar`);
  execFileSync('tar', [
    '--create',
    '--sort=name',
    '--format=gnu',
    `--mtime=@${date_s}`,
    '--owner=root:0',
    '--group=root:0',
    '--numeric-owner',
    `--transform=s,^${basename(product)},${name},`,
    `--directory=${dirname(product)}`,
    `--file=${tar}`,
    basename(product),
  ]);
  const made = join(out, `${name}.tar.gz`);
  await pipeline(createReadStream(tar), createGzip({ level: 9 }), createWriteStream(`${made}.new`));
  renameSync(`${made}.new`, made);
  return made;
}
