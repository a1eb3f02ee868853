/** IMAP (RFC 9051 section 6.2.1) and POP3 (RFC 2595 section 4). */
import { type Dialogue, lineDialogue, StarttlsRefused } from './dialogue.ts';
import { SENDS } from './sends.ts';

/** Greeting, STARTTLS; untagged responses in between are of no interest. */
export function imap(): Dialogue {
  let greeted = false;
  return lineDialogue((line) => {
    if (!greeted) {
      if (!/^\* OK\b/i.test(line)) throw new StarttlsRefused('the server does not greet as IMAP does');
      greeted = true;
      return SENDS.imap_starttls;
    }
    if (/^\* /.test(line)) return 'more';
    if (/^a1 OK\b/i.test(line)) return 'ready';
    // RFC 9051 section 7.1.3: BAD is for a command that is not known, NO for one that cannot be done now.
    throw new StarttlsRefused(/^a1 BAD\b/i.test(line) ? 'STARTTLS is not offered' : 'STARTTLS is refused');
  });
}

/** Greeting, STLS. */
export function pop3(): Dialogue {
  let greeted = false;
  return lineDialogue((line) => {
    if (!/^\+OK\b/.test(line)) {
      throw new StarttlsRefused(greeted ? 'STLS is not offered' : 'the server does not greet as POP3 does');
    }
    if (greeted) return 'ready';
    greeted = true;
    return SENDS.pop3_stls;
  });
}
