/**
 * Old releases of Node.js, whose TLS has the faults that check must find. Installed by
 * `npm ci --ignore-scripts --prefix test/check/legacy`, and run as servers on loopback alone.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const MODULES = join(import.meta.dirname, 'node_modules');
const UNPACKED = join(MODULES, '.unpacked');

/**
 * - `node-0-8` (0.8.28, OpenSSL 1.0.0m): SSL 2.0 and SSL 3.0, TLS 1.0
 * - `node-0-10-0` (0.10.0, OpenSSL 1.0.1e): Heartbleed
 * - `node-0-10-48` (0.10.48, OpenSSL 1.0.1u): SSL 3.0 with `--enable-ssl3`, SSL 2.0 with `--enable-ssl2`
 * - `node-4` (4.0.0, OpenSSL 1.0.2d): RC4, export, NULL and anonymous suites where they are asked for
 * - `node-8` (8.17.0, OpenSSL 1.0.2s): the last before OpenSSL 1.1
 */
export const OLD_NODES = ['node-0-8', 'node-0-10-0', 'node-0-10-48', 'node-4', 'node-8'] as const;
export type OldNode = (typeof OLD_NODES)[number];

/**
 * For the `skip` option of a test: the reason where they are not installed, else false.
 *
 * @throws Error where they are not and SALLYPORT_TOOLS is `required`
 */
export function missingOldNodes(): string | false {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'old Node.js is there for Linux on x64 alone';
  if (OLD_NODES.every((name) => existsSync(join(MODULES, name)))) return false;
  const reason = 'not installed: npm ci --ignore-scripts --prefix test/check/legacy';
  if (process.env['SALLYPORT_TOOLS'] === 'required') throw new Error(reason);
  return reason;
}

/** The path of its program, which some of the packages bring as an archive for an install script to unpack. */
export function oldNode(name: OldNode): string {
  const packed = join(MODULES, name);
  const plain = join(packed, 'bin', 'node');
  if (existsSync(plain)) return plain;
  const unpacked = join(UNPACKED, name);
  if (!existsSync(unpacked)) unpack(packed, unpacked);
  return unpacked;
}

/** Another test may be doing the same: whoever renames last wins, and both have the same. */
function unpack(packed: string, to: string): void {
  const archive = readdirSync(packed).find((file) => file.endsWith('.tar.gz'));
  if (archive === undefined) throw new Error(`neither a program nor an archive in ${packed}`);
  mkdirSync(UNPACKED, { recursive: true });
  const folder = mkdtempSync(`${to}-`);
  const program = `${archive.slice(0, -'.tar.gz'.length)}/bin/node`;
  execFileSync('tar', ['-xzf', join(packed, archive), '-C', folder, '--strip-components=2', program]);
  renameSync(join(folder, 'node'), to);
  rmSync(folder, { recursive: true });
}
