/** Puts what the package would install into a machine, from the clone: the same places, without the packing. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const systemd = join(root, 'deploy', 'systemd');

const COMMAND = `#!/bin/sh
exec /opt/node/bin/node /opt/clone/bin/sallyport "$@"
`;

export const ORDER = '0b0c3f8e-6f0a-4b6e-9d0e-3a1f1c2d4e5f';
export const SLOW_ORDER = '1b0c3f8e-6f0a-4b6e-9d0e-3a1f1c2d4e5f';

/** Commands, units, user and folders. */
export async function installClone(machine: Machine): Promise<void> {
  await machine.write('/usr/bin/sallyport', COMMAND, '0755');
  await machine.run('ln -s /opt/clone /usr/lib/sallyport');
  for (const unit of globSync('*.{service,socket}', { cwd: systemd })) {
    await machine.write(`/usr/lib/systemd/system/${unit}`, readFileSync(join(systemd, unit), 'utf8'));
  }
  for (const kind of ['sysusers', 'tmpfiles']) {
    const text = readFileSync(join(systemd, `sallyport.${kind}.conf`), 'utf8');
    await machine.write(`/usr/lib/${kind}.d/sallyport.conf`, text);
  }
  await machine.run('systemd-sysusers sallyport.conf && systemd-tmpfiles --create sallyport.conf');
  await machine.run('systemctl daemon-reload');
}

/** Pastes the command blocks of a section of docs/operations.md into the machine. */
export async function pasteSection(machine: Machine, heading: string): Promise<void> {
  for (const block of blocksOf('operations.md', heading)) await machine.run(block);
}

/** A service behind the gate that has every order there is; one of them takes it 3 seconds. */
export async function startUpstream(machine: Machine): Promise<void> {
  const program = `require('node:http').createServer((request, response) => {
    const id = request.url.split('/')[2];
    response.writeHead(200, { 'content-type': 'application/json' });
    setTimeout(() => response.end(JSON.stringify({ id, article: 'A-100', quantity: 2 })), id === '${SLOW_ORDER}' ? 3000 : 0);
  }).listen(9000, '127.0.0.1');`;
  await machine.write('/opt/upstream.cjs', program);
  const unit = '[Service]\nDynamicUser=yes\nExecStart=/opt/node/bin/node /opt/upstream.cjs\n';
  await machine.write('/etc/systemd/system/upstream.service', unit);
  await machine.run('systemctl daemon-reload && systemctl start upstream.service');
}

/** The command blocks of a section of a page, as one would paste them. */
export function blocksOf(page: string, heading: string): string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const start = text.indexOf(`\n## ${heading}\n`);
  if (start === -1) throw new Error(`${page} has no section ${heading}`);
  const end = text.indexOf('\n## ', start + 1);
  const section = text.slice(start, end === -1 ? undefined : end);
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => String(block));
}
