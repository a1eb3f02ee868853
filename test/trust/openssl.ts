import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs the openssl command; throws with its words where it fails and `may_fail` is not set. */
export function openssl(args: readonly string[], cwd: string, may_fail = false): { ok: boolean; text: string } {
  const { status, stdout, stderr, error } = spawnSync('openssl', args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0 && !may_fail) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  return { ok: status === 0, text: `${stdout}${stderr}` };
}

export function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What OpenSSL's own strict verification for TLS clients says. */
export function opensslVerifies(
  leaf: string,
  presented: string,
  roots: string,
  now_ms: number,
): { ok: boolean; text: string } {
  return withFolder((folder) => {
    writeFileSync(join(folder, 'leaf.pem'), leaf);
    writeFileSync(join(folder, 'presented.pem'), presented);
    writeFileSync(join(folder, 'roots.pem'), roots);
    const time = String(Math.floor(now_ms / 1000));
    const untrusted = presented ? ['-untrusted', 'presented.pem'] : [];
    const args = ['verify', '-x509_strict', '-purpose', 'sslclient', '-attime', time, '-CAfile', 'roots.pem'];
    return openssl([...args, '-no-CApath', '-no-CAstore', ...untrusted, 'leaf.pem'], folder, true);
  });
}
