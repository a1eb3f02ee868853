/** Databases, each new and empty. */
import { join } from 'node:path';
import type { LabServer } from './process.ts';
import { type ClearSetUp, runUnprivileged, startUnprivileged } from './unprivileged.ts';

export function startPostgres({ folder, port, tls }: ClearSetUp): Promise<LabServer> {
  const data = join(folder, 'data');
  runUnprivileged('initdb', ['--no-sync', '--no-instructions', '--locale=C', '--auth=reject', '-D', data], folder);
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    // Each connection is a process, which begins the sooner the less memory it shares.
    'shared_buffers=1MB',
    ...(tls === null ? ['ssl=off'] : ['ssl=on', `ssl_cert_file=${tls.cert}`, `ssl_key_file=${tls.key}`]),
  ];
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  return startUnprivileged({ program: 'postgres', args, port, folder, env: {} });
}

/** Without its own tables, which nobody gets to see who does not sign in. */
export function startMariadb({ folder, port, tls }: ClearSetUp): Promise<LabServer> {
  const args = [
    '--no-defaults',
    '--skip-grant-tables',
    `--datadir=${folder}`,
    '--innodb-log-file-size=8M',
    '--innodb-fast-shutdown=2',
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    ...(tls === null ? ['--skip-ssl'] : [`--ssl-cert=${tls.cert}`, `--ssl-key=${tls.key}`]),
  ];
  return startUnprivileged({ program: 'mariadbd', args, port, folder, env: {} });
}
