import { buildSsl2ClientHello, Ssl2Reader, type Ssl2ServerHello } from '../../protocol/tls/ssl2.ts';
import type { Asker } from './ask.ts';
import type { HandshakeEvidence } from './evidence.ts';
import type { RandomBytes } from './offers.ts';

const ANSWER_MS = 3_000;

/** Whether a CLIENT-HELLO of SSL 2.0 is answered by a SERVER-HELLO. Anything else that is said, or hanging up, is a no. */
export async function probeSsl2(asker: Asker, random: RandomBytes): Promise<HandshakeEvidence['ssl2']> {
  const reader = new Ssl2Reader();
  let hello: Ssl2ServerHello | null = null;
  const end = await asker.converse({
    opening: buildSsl2ClientHello(random(16)),
    answer_ms: ANSWER_MS,
    onBytes(chunk) {
      hello = reader.push(chunk);
      return hello === null ? 'more' : 'enough';
    },
  });
  const answered = hello as Ssl2ServerHello | null;
  if (answered !== null) return { accepted: 'yes', cipher_kinds: answered.cipher_kinds };
  return { accepted: end === 'closed' || end === 'malformed' ? 'no' : 'unknown', cipher_kinds: [] };
}
