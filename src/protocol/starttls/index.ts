import type { Dialogue } from './dialogue.ts';
import { imap, pop3 } from './mailboxes.ts';
import { mysql } from './mysql.ts';
import { ftp, smtp } from './replies.ts';
import { ldap, postgres } from './requests.ts';
import { xmpp, xmppServer } from './xmpp.ts';

export { type Dialogue, StarttlsRefused } from './dialogue.ts';
export { isStarttlsSend } from './sends.ts';

/** Protocols that begin in clear and go over to TLS. */
export type StarttlsProtocol =
  | 'smtp'
  | 'imap'
  | 'pop3'
  | 'ftp'
  | 'ldap'
  | 'postgres'
  | 'mysql'
  | 'xmpp'
  | 'xmpp-server';

const DIALOGUES: Readonly<Record<StarttlsProtocol, (host: string) => Dialogue>> = {
  smtp,
  imap,
  pop3,
  ftp,
  ldap,
  postgres,
  mysql,
  xmpp,
  'xmpp-server': xmppServer,
};

/** A dialogue with that host, at its beginning. */
export function startDialogue(protocol: StarttlsProtocol, host: string): Dialogue {
  return DIALOGUES[protocol](host);
}
