/** Protocols in which the client asks for TLS with its first bytes. */
import { assertTurn, type Dialogue, StarttlsRefused } from './dialogue.ts';
import { SENDS } from './sends.ts';

/** PostgreSQL's SSLRequest: one byte for an answer. */
export function postgres(): Dialogue {
  return {
    opening: SENDS.postgres_ssl_request,
    read(chunk) {
      const [answer] = chunk;
      if (answer === undefined) return 'more';
      if (answer === 0x4e) throw new StarttlsRefused('TLS is not offered');
      if (answer !== 0x53) throw new StarttlsRefused('the server does not speak the protocol of PostgreSQL');
      assertTurn(chunk.subarray(1));
      return 'ready';
    },
  };
}

/** An ExtendedResponse with a reason and a referral is far shorter. */
const MAX_LDAP_BYTES = 1024;
/** The answer to an extended operation that is not known (RFC 4511 section 4.12). */
const PROTOCOL_ERROR = Buffer.of(2);

/** LDAP's StartTLS (RFC 4511 section 4.14): an extended operation, answered with a result code. */
export function ldap(): Dialogue {
  let pending = Buffer.alloc(0);
  return {
    opening: SENDS.ldap_start_tls,
    read(chunk) {
      pending = Buffer.concat([pending, chunk]);
      const message = elementOf(pending, 0x30);
      if (message === null) return 'more';
      assertTurn(pending.subarray(message.end));
      const id = elementOf(message.content, 0x02);
      const response = elementOf(message.content.subarray(id?.end), 0x78);
      const code = response === null ? null : elementOf(response.content, 0x0a);
      if (id?.content.equals(Buffer.of(1)) !== true || code === null) {
        throw new StarttlsRefused('the server does not speak LDAP');
      }
      if (code.content.equals(PROTOCOL_ERROR)) throw new StarttlsRefused('StartTLS is not offered');
      if (!code.content.equals(Buffer.of(0))) throw new StarttlsRefused('StartTLS is refused');
      return 'ready';
    },
  };
}

/** One BER element of that type at the beginning; null where it is not whole (RFC 4511 section 5.1: lengths are definite). */
function elementOf(bytes: Buffer, type: number): { content: Buffer; end: number } | null {
  const [tag, first] = bytes;
  if (tag !== undefined && tag !== type) throw new StarttlsRefused('the server does not speak LDAP');
  if (first === undefined) return null;
  const count = first < 0x80 ? 0 : first - 0x80;
  if (count > 4 || first === 0x80) throw new StarttlsRefused('the server does not speak LDAP');
  if (bytes.length < 2 + count) return null;
  const length = count === 0 ? first : bytes.readUIntBE(2, count);
  if (length > MAX_LDAP_BYTES) throw new StarttlsRefused('what comes before TLS does not end');
  const end = 2 + count + length;
  return bytes.length < end ? null : { content: bytes.subarray(2 + count, end), end };
}
