/** Everything a check ever sends before TLS begins: a closed list, so that nothing else can get out in clear. */

const line = (text: string) => Buffer.from(`${text}\r\n`, 'latin1');

const START_TLS_OID = Buffer.from('1.3.6.1.4.1.1466.20037', 'latin1');

export const SENDS = {
  /**
   * RFC 5321 section 4.1.1.1 asks for a name or an address of the client. A check has no name, and does not know the address
   * it is seen with; it says what it is by a name that is nobody's (RFC 6761 section 6.4).
   */
  smtp_ehlo: line('EHLO sallyport-check.invalid'),
  smtp_starttls: line('STARTTLS'),
  ftp_auth_tls: line('AUTH TLS'),
  imap_starttls: line('a1 STARTTLS'),
  pop3_stls: line('STLS'),
  /** Length 8, and the number that stands for TLS. */
  postgres_ssl_request: Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]),
  /** A message with the id 1 that holds an ExtendedRequest. */
  ldap_start_tls: Buffer.concat([Buffer.from([0x30, 0x1d, 2, 1, 1, 0x77, 0x18, 0x80, 0x16]), START_TLS_OID]),
  /**
   * A packet of 32 bytes, the second of the dialogue: CLIENT_PROTOCOL_41, CLIENT_SSL and CLIENT_SECURE_CONNECTION, packets of up to
   * 16 MiB, utf8mb4, and zeros. No user is named: that comes behind the handshake.
   */
  mysql_ssl_request: Buffer.concat([Buffer.from([32, 0, 0, 1, 0x00, 0x8a, 0, 0, 0, 0, 0, 1, 45]), Buffer.alloc(23)]),
  xmpp_starttls: Buffer.from("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", 'latin1'),
} as const;

const XMPP_HEAD = "<?xml version='1.0'?><stream:stream to='";
const XMPP_TAILS = {
  client: "' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
  server: "' version='1.0' xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams'>",
} as const;
const HOST = /^[a-z0-9._:-]{1,253}$/;

/**
 * The head of a stream to that host, as a client or another server opens it (RFC 6120 sections 4.2 and 4.8.2). It says from whom
 * as little as a mail server is told.
 *
 * @throws RangeError where the host is neither a name nor an address
 */
export function xmppStream(host: string, as: keyof typeof XMPP_TAILS): Buffer {
  if (!HOST.test(host)) throw new RangeError('a host has letters, digits, dots, hyphens and colons');
  return Buffer.from(`${XMPP_HEAD}${host}${XMPP_TAILS[as]}`, 'latin1');
}

/** Whether these bytes are one of those that are sent before TLS. */
export function isStarttlsSend(bytes: Buffer): boolean {
  if (Object.values(SENDS).some((send) => send.equals(bytes))) return true;
  const text = bytes.toString('latin1');
  const tail = Object.values(XMPP_TAILS).find((one) => text.endsWith(one));
  if (tail === undefined || !text.startsWith(XMPP_HEAD)) return false;
  return HOST.test(text.slice(XMPP_HEAD.length, -tail.length));
}
