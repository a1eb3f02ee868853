import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, globSync, lstatSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathsBelow, type Release, settle } from './stage.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

const COPYRIGHT = `Sallyport: Apache-2.0, see /usr/lib/sallyport/LICENSE.

/usr/lib/sallyport/node_modules: each package under its own licence, which stands in its folder; the list is in
/usr/lib/sallyport/docs/dependencies.md.

/usr/lib/sallyport/runtime/bin/node: Node.js, unchanged from its npm package, under the MIT licence; it contains works
under other licences. All of them follow.

`;

/**
 * A Debian package. It has no conffiles: what stands in /etc/sallyport is the operator's alone, and units are changed
 * by drop-ins, so that no upgrade ever asks.
 */
export function makePackage(release: Release, product: string): string {
  const architecture = ARCHITECTURES[process.arch];
  if (process.platform !== 'linux' || architecture === undefined) throw new Error('a Debian package is made on Linux');
  const tree = join(release.work, 'debian');
  layOut(release, product, tree);
  writeControl(release, tree, architecture);
  settle(tree, release.date_s);
  const made = join(release.out, `sallyport_${release.version}_${architecture}.deb`);
  // gzip: what xz makes depends on how many threads it had the memory for.
  const options = ['--root-owner-group', '-Zgzip', '-z9', '--build', tree, `${made}.new`];
  execFileSync('dpkg-deb', options, {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(release.date_s) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(`${made}.new`, made);
  return made;
}

function layOut({ root }: Release, product: string, tree: string): void {
  const home = join(tree, 'usr', 'lib', 'sallyport');
  const put = (from: string, to: string) => cpSync(from, join(tree, to), { recursive: true });
  put(product, 'usr/lib/sallyport');
  mkdirSync(join(tree, 'usr', 'bin'), { recursive: true });
  symlinkSync('../lib/sallyport/runtime/sallyport', join(tree, 'usr', 'bin', 'sallyport'));
  const units = join(root, 'deploy', 'systemd');
  for (const unit of globSync('*.{service,socket}', { cwd: units })) {
    put(join(units, unit), `usr/lib/systemd/system/${unit}`);
  }
  for (const kind of ['sysusers', 'tmpfiles']) {
    put(join(units, `sallyport.${kind}.conf`), `usr/lib/${kind}.d/sallyport.conf`);
  }
  const documents = join(tree, 'usr', 'share', 'doc', 'sallyport');
  mkdirSync(documents, { recursive: true });
  writeFileSync(join(documents, 'copyright'), COPYRIGHT + readFileSync(join(home, 'runtime', 'LICENSE'), 'utf8'));
}

function writeControl({ root, version }: Release, tree: string, architecture: string): void {
  const files = pathsBelow(tree).filter((path) => lstatSync(path).isFile());
  const size_kib = Math.ceil(files.reduce((sum, path) => sum + lstatSync(path).size, 0) / 1024);
  const recipe = join(root, 'deploy', 'debian');
  const control = readFileSync(join(recipe, 'control'), 'utf8')
    .replace('@VERSION@', version)
    .replace('@ARCHITECTURE@', architecture)
    .replace('@SIZE_KIB@', String(size_kib));
  // The format that `dpkg --verify` knows; what proves who made the package is its SHA-256.
  const digests = files.map((path) => {
    const digest = createHash('md5').update(readFileSync(path)).digest('hex');
    return `${digest}  ${relative(tree, path)}\n`;
  });
  const folder = join(tree, 'DEBIAN');
  mkdirSync(folder);
  writeFileSync(join(folder, 'control'), control);
  writeFileSync(join(folder, 'md5sums'), digests.join(''));
  for (const script of ['postinst', 'prerm', 'postrm']) cpSync(join(recipe, script), join(folder, script));
}
