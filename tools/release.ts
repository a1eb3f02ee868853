/**
 * `npm run release -- [--tar] [--deb] [--out FOLDER]`: the product with its dependencies and its own Node.js, for this
 * platform, as a tarball and as a Debian package; both where neither is named, into `release/` where no folder is.
 *
 * The same commit gives the same bytes: every date is the commit's (or SOURCE_DATE_EPOCH), every file is root's, and
 * what is not ours is what the lock files name by digest.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makePackage } from './release/debian.ts';
import { stageProduct } from './release/stage.ts';
import { makeTarball } from './release/tarball.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const { values } = parseArgs({
  options: { tar: { type: 'boolean' }, deb: { type: 'boolean' }, out: { type: 'string', default: 'release' } },
});
const both = !values.tar && !values.deb;

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

/** Unix seconds that every file bears. */
function releaseDate(): number {
  const given = process.env['SOURCE_DATE_EPOCH'];
  if (given === undefined && git('status', '--porcelain') !== '') {
    console.log('note: the release holds changes that are in no commit');
  }
  const date_s = Number(given ?? git('log', '-1', '--format=%ct'));
  if (!Number.isSafeInteger(date_s) || date_s < 0) throw new Error(`SOURCE_DATE_EPOCH is no time: ${given}`);
  return date_s;
}

const out = resolve(root, values.out);
mkdirSync(out, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'sallyport-release-'));
try {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const release = { root, work, out, version, date_s: releaseDate() };
  const product = stageProduct(release);
  const made = [
    ...(both || values.tar ? [await makeTarball(release, product)] : []),
    ...(both || values.deb ? [makePackage(release, product)] : []),
  ];
  for (const file of made) {
    const bytes = readFileSync(file);
    const digest = createHash('sha256').update(bytes).digest('hex');
    console.log(`${digest}  ${basename(file)}  (${(bytes.length / 2 ** 20).toFixed(1)} MiB)`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
