/** The least reading of an HTTP/1.1 answer that tells where it ends (RFC 9112 section 6.3). */

export interface ReadAnswer {
  readonly status: number;
  /** Its body with the framing taken off; copies, so asked for once. */
  body(): string;
}

export interface AnswerReader {
  /** Takes what came; the answer once it is complete. Throws where an answer has no framing or more than one came. */
  push(chunk: Buffer): ReadAnswer | null;
}

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';
const LENGTH = /\r\ncontent-length: *(\d+)\r\n/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked\r\n/i;

export function createAnswerReader(): AnswerReader {
  let held = '';

  function complete(): ReadAnswer | null {
    const head_end = held.indexOf(HEAD_END);
    if (head_end === -1) return null;
    const head = held.slice(0, head_end + 2);
    const body_start = head_end + HEAD_END.length;
    const length = LENGTH.exec(head);
    if (length) {
      const end = body_start + Number(length[1]);
      if (held.length < end) return null;
      if (held.length > end) throw new Error('more than one answer');
    } else if (!CHUNKED.test(head)) {
      throw new Error('an answer without framing');
    } else if (!held.endsWith(LAST_CHUNK)) {
      return null;
    }
    const whole = held;
    held = '';
    return { status: Number(whole.slice(9, 12)), body: () => whole.slice(body_start) };
  }

  return {
    push(chunk) {
      held += chunk.toString('latin1');
      return complete();
    },
  };
}
