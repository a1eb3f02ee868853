/** What the dialogues that lead to TLS within a protocol have in common. */

/** The far end does not let TLS begin, or does not speak the protocol. The message is a word of ours, never one of theirs. */
export class StarttlsRefused extends Error {}

/**
 * One dialogue, from the first byte to where TLS begins. Pure and bounded: what comes in may be anything.
 *
 * `opening` is sent at once where the client speaks first, and null where the server does. `read` takes what arrived and says
 * what to do.
 *
 * @throws StarttlsRefused out of `read`
 */
export interface Dialogue {
  readonly opening: Buffer | null;
  readonly read: (chunk: Buffer) => DialogueStep;
}

/** Wait, send these bytes, begin TLS, or send these and begin TLS without an answer to them. */
export type DialogueStep = 'more' | 'ready' | Buffer | { readonly last: Buffer };

/** What a protocol makes of one line: wait for another, send this, or begin TLS. */
export type LineStep = 'more' | 'ready' | Buffer;

const MAX_LINE_BYTES = 1024;
const MAX_LINES = 64;

/** A dialogue of lines that the server begins. `onLine` gets each without its end. */
export function lineDialogue(onLine: (line: string) => LineStep): Dialogue {
  let pending = Buffer.alloc(0);
  let lines = 0;
  return {
    opening: null,
    read(chunk) {
      pending = Buffer.concat([pending, chunk]);
      for (let end = pending.indexOf(0x0a); end !== -1; end = pending.indexOf(0x0a)) {
        if (end > MAX_LINE_BYTES || ++lines > MAX_LINES)
          throw new StarttlsRefused('what comes before TLS does not end');
        const line = pending.toString('latin1', 0, end).replace(/\r$/, '');
        pending = pending.subarray(end + 1);
        const step = onLine(line);
        if (step === 'more') continue;
        assertTurn(pending);
        return step;
      }
      if (pending.length > MAX_LINE_BYTES) throw new StarttlsRefused('what comes before TLS does not end');
      return 'more';
    },
  };
}

/** A server that goes on when it is the client's turn speaks for somebody else, or speaks another protocol. */
export function assertTurn(rest: Buffer): void {
  if (rest.length > 0) throw new StarttlsRefused('the server speaks out of turn');
}
