import { assertTurn, type Dialogue, StarttlsRefused } from './dialogue.ts';
import { SENDS, xmppStream } from './sends.ts';

/** Features of real servers are a few hundred bytes. */
const MAX_BYTES = 16_384;
const FEATURES_END = /<\/(?:[a-z]+:)?features\s*>|<(?:[a-z]+:)?features\s*\/>/;
/** RFC 6120 section 4.9.3: those a stranger meets. Other names are not repeated. */
const CONDITIONS = [
  ...['host-gone', 'host-unknown', 'improper-addressing', 'internal-server-error', 'invalid-from', 'not-authorized'],
  ...['policy-violation', 'resource-constraint', 'see-other-host', 'system-shutdown', 'undefined-condition'],
  'unsupported-version',
];
const STREAM_ERROR = new RegExp(`<(?:[a-z]+:)?error\\b[^<>]*>(?:\\s*<(${CONDITIONS.join('|')})\\b)?`);
const PROCEED = /^\s*<proceed\b[^<>]*(?:\/>|>\s*<\/proceed\s*>)/;

/** XMPP (RFC 6120 section 5.4.2) as a client leads it: a stream, its features, `starttls`, `proceed`. */
export function xmpp(host: string): Dialogue {
  return streamTo(host, 'client');
}

/** The same between servers. */
export function xmppServer(host: string): Dialogue {
  return streamTo(host, 'server');
}

function streamTo(host: string, as: 'client' | 'server'): Dialogue {
  let text = '';
  let asked = false;
  return {
    opening: xmppStream(host, as),
    read(chunk) {
      text += chunk.toString('latin1');
      if (text.length > MAX_BYTES) throw new StarttlsRefused('what comes before TLS does not end');
      if (!/^\s*(<|$)/.test(text)) throw new StarttlsRefused('the server does not speak XMPP');
      if (asked) return proceeds(text) ? 'ready' : 'more';
      const features = FEATURES_END.exec(text);
      if (features === null) {
        assertNoError(text);
        return 'more';
      }
      if (!text.includes('urn:ietf:params:xml:ns:xmpp-tls')) throw new StarttlsRefused('STARTTLS is not offered');
      assertTurn(Buffer.from(text.slice(features.index + features[0].length).trim()));
      text = '';
      asked = true;
      return SENDS.xmpp_starttls;
    },
  };
}

/** Who serves no such host, or nobody now, says so in place of features. The name of the condition may still be under way. */
function assertNoError(text: string): void {
  const error = STREAM_ERROR.exec(text);
  if (error === null || !text.includes('>', error.index + error[0].length)) return;
  throw new StarttlsRefused(error[1] === undefined ? 'the stream is refused' : `the stream is refused (${error[1]})`);
}

function proceeds(text: string): boolean {
  if (/^\s*<(failure|\/?stream)\b/.test(text)) throw new StarttlsRefused('STARTTLS is refused');
  const [answer] = PROCEED.exec(text) ?? [];
  if (answer === undefined) return false;
  assertTurn(Buffer.from(text.slice(answer.length)));
  return true;
}
