/** MySQL and MariaDB ("Connection Phase" of the MySQL internals): the server greets, and the client asks for TLS in place of its answer. */
import { assertTurn, type Dialogue, StarttlsRefused } from './dialogue.ts';
import { SENDS } from './sends.ts';

const HEADER_BYTES = 4;
/** Greetings of real servers are about a hundred bytes. */
const MAX_PACKET_BYTES = 1024;

const PROTOCOL_10 = 0x0a;
/** ERR_Packet: in place of a greeting from a server that is full, or does not take connections from there. */
const ERROR = 0xff;
/** Too many connections from an address ended before anybody signed in. */
const HOST_IS_BLOCKED = 1129;

/** Between the version of the server and its capabilities: the number of the connection, 8 bytes of a challenge, and a zero. */
const BEFORE_CAPABILITIES_BYTES = 4 + 8 + 1;
const CLIENT_SSL = 0x0800;

/** Greeting, SSLRequest. The server says no more: its next bytes are TLS. */
export function mysql(): Dialogue {
  let pending = Buffer.alloc(0);
  return {
    opening: null,
    read(chunk) {
      pending = Buffer.concat([pending, chunk]);
      const packet = firstPacket(pending);
      if (packet === null) return 'more';
      assertTurn(pending.subarray(HEADER_BYTES + packet.length));
      assertTls(packet);
      return { last: SENDS.mysql_ssl_request };
    },
  };
}

/** Three bytes of length, least significant first, and a number that begins with 0; null where it is not whole. */
function firstPacket(bytes: Buffer): Buffer | null {
  if (bytes.length < HEADER_BYTES) return null;
  const length = bytes.readUIntLE(0, 3);
  if (bytes[3] !== 0 || length === 0) throw new StarttlsRefused('the server does not speak the protocol of MySQL');
  if (length > MAX_PACKET_BYTES) throw new StarttlsRefused('what comes before TLS does not end');
  return bytes.length < HEADER_BYTES + length ? null : bytes.subarray(HEADER_BYTES, HEADER_BYTES + length);
}

/** Protocol::HandshakeV10. */
function assertTls(greeting: Buffer): void {
  if (greeting[0] === ERROR && greeting.length >= 3) {
    const code = greeting.readUInt16LE(1);
    if (code === HOST_IS_BLOCKED)
      throw new StarttlsRefused(`the server takes no connections from this address (${code})`);
    throw new StarttlsRefused(`the greeting is a refusal (${code})`);
  }
  const version_end = greeting.indexOf(0, 1);
  const at = version_end + 1 + BEFORE_CAPABILITIES_BYTES;
  if (greeting[0] !== PROTOCOL_10 || version_end === -1 || greeting.length < at + 2) {
    throw new StarttlsRefused('the server does not speak the protocol of MySQL');
  }
  if ((greeting.readUInt16LE(at) & CLIENT_SSL) === 0) throw new StarttlsRefused('TLS is not offered');
}
