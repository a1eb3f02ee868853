/** Servers that begin in clear and go over to TLS: programs of the field, one for each protocol, with TLS and without. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StarttlsProtocol } from '../../../src/protocol/starttls/index.ts';
import { freePort } from '../../acceptance/harness/nginx.ts';
import { startMariadb, startPostgres } from './databases.ts';
import type { KeyPair } from './pki.ts';
import type { LabServer } from './process.ts';
import { startDovecot, startProsody, startSlapd, startVsftpd } from './speakers.ts';
import { type ClearSetUp, giveToNobody } from './unprivileged.ts';

/** All but mail between servers, which is Postfix's. */
export type ClearProtocol = Exclude<StarttlsProtocol, 'smtp'>;

/** Programs that have to be there. */
export const CLEAR_PROGRAMS: Readonly<Record<ClearProtocol, readonly string[]>> = {
  imap: ['dovecot', 'imap-login'],
  pop3: ['dovecot', 'pop3-login'],
  ftp: ['vsftpd'],
  ldap: ['slapd'],
  postgres: ['postgres', 'initdb'],
  mysql: ['mariadbd'],
  xmpp: ['prosody'],
  'xmpp-server': ['prosody'],
};

const START: Readonly<Record<ClearProtocol, (set_up: ClearSetUp) => Promise<LabServer>>> = {
  imap: (set_up) => startDovecot('imap', set_up),
  pop3: (set_up) => startDovecot('pop3', set_up),
  ftp: startVsftpd,
  ldap: startSlapd,
  postgres: startPostgres,
  mysql: startMariadb,
  xmpp: (set_up) => startProsody('c2s', set_up),
  'xmpp-server': (set_up) => startProsody('s2s', set_up),
};

/**
 * Starts it in a new folder of its own.
 *
 * @param tls null for a server that has no TLS at all
 */
export async function startInClear(protocol: ClearProtocol, folder: string, tls: KeyPair | null): Promise<LabServer> {
  mkdirSync(folder, { recursive: true });
  const own = tls === null ? null : { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  if (tls !== null && own !== null) {
    copyFileSync(tls.cert, own.cert);
    copyFileSync(tls.key, own.key);
  }
  giveToNobody(folder);
  return START[protocol]({ folder, port: await freePort(), tls: own });
}
