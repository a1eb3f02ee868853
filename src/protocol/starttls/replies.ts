/** SMTP (RFC 3207 section 4) and FTP (RFC 4217 section 4): replies of three digits, a hyphen behind those of all lines but the last. */
import { type Dialogue, lineDialogue, StarttlsRefused } from './dialogue.ts';
import { SENDS } from './sends.ts';

const REPLY = /^([2-5][0-9]{2})(?:([ -])(.*))?$/;

/** Greeting, EHLO, STARTTLS. */
export function smtp(): Dialogue {
  let step: 'greeting' | 'ehlo' | 'starttls' = 'greeting';
  let offered = false;
  return lineDialogue((line) => {
    const { code, last, text } = replyOf(line, 'SMTP');
    if (step === 'ehlo' && /^STARTTLS\b/i.test(text)) offered = true;
    if (!last) return 'more';
    if (step === 'greeting') {
      if (code !== '220') throw new StarttlsRefused(`the greeting is a refusal (${code})`);
      step = 'ehlo';
      return SENDS.smtp_ehlo;
    }
    if (step === 'ehlo') {
      if (code !== '250') throw new StarttlsRefused(`EHLO is refused (${code})`);
      if (!offered) throw new StarttlsRefused('STARTTLS is not offered');
      step = 'starttls';
      return SENDS.smtp_starttls;
    }
    if (code !== '220') throw new StarttlsRefused(`STARTTLS is refused (${code})`);
    return 'ready';
  });
}

/** RFC 4217 section 4.3, and who knows the command no more than any other wants a login first. */
const NO_AUTH_TLS = new Set(['500', '502', '504', '530']);

/** Greeting, AUTH TLS. */
export function ftp(): Dialogue {
  let greeted = false;
  return lineDialogue((line) => {
    // RFC 959 section 4.2: what stands between the first line and the last may be any text.
    const { code, last } = /^[0-9]{3}/.test(line) ? replyOf(line, 'FTP') : { code: '', last: false };
    if (!last) return 'more';
    if (!greeted) {
      if (code !== '220') throw new StarttlsRefused(`the greeting is a refusal (${code})`);
      greeted = true;
      return SENDS.ftp_auth_tls;
    }
    if (NO_AUTH_TLS.has(code)) throw new StarttlsRefused(`AUTH TLS is not offered (${code})`);
    if (code !== '234') throw new StarttlsRefused(`AUTH TLS is refused (${code})`);
    return 'ready';
  });
}

function replyOf(line: string, protocol: string): { code: string; last: boolean; text: string } {
  const [, code, separator = ' ', text = ''] = REPLY.exec(line) ?? [];
  if (code === undefined) throw new StarttlsRefused(`the server does not speak ${protocol}`);
  return { code, last: separator === ' ', text };
}
