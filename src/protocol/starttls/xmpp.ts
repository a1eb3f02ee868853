import { assertTurn, type Dialogue, StarttlsRefused } from './dialogue.ts';
import { SENDS, xmppStream } from './sends.ts';

/** Features of real servers are a few hundred bytes. */
const MAX_BYTES = 16_384;
const FEATURES_END = /<\/(?:[a-z]+:)?features\s*>|<(?:[a-z]+:)?features\s*\/>/;
const PROCEED = /^\s*<proceed\b[^<>]*(?:\/>|>\s*<\/proceed\s*>)/;

/** XMPP (RFC 6120 section 5.4.2): a stream, its features, `starttls`, `proceed`. */
export function xmpp(host: string): Dialogue {
  let text = '';
  let asked = false;
  return {
    opening: xmppStream(host),
    read(chunk) {
      text += chunk.toString('latin1');
      if (text.length > MAX_BYTES) throw new StarttlsRefused('what comes before TLS does not end');
      if (!/^\s*(<|$)/.test(text)) throw new StarttlsRefused('the server does not speak XMPP');
      if (asked) return proceeds(text) ? 'ready' : 'more';
      const features = FEATURES_END.exec(text);
      if (features === null) return 'more';
      if (!text.includes('urn:ietf:params:xml:ns:xmpp-tls')) throw new StarttlsRefused('STARTTLS is not offered');
      assertTurn(Buffer.from(text.slice(features.index + features[0].length).trim()));
      text = '';
      asked = true;
      return SENDS.xmpp_starttls;
    },
  };
}

function proceeds(text: string): boolean {
  if (/^\s*<(failure|\/?stream)\b/.test(text)) throw new StarttlsRefused('STARTTLS is refused');
  const [answer] = PROCEED.exec(text) ?? [];
  if (answer === undefined) return false;
  assertTurn(Buffer.from(text.slice(answer.length)));
  return true;
}
