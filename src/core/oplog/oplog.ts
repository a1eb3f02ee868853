import { type Fact, redactFacts, redactText } from './redact.ts';

/** `info`: as it should be; `warn`: somebody should look; `error`: exchanges are refused, or will be. */
export type Level = 'info' | 'warn' | 'error';

/**
 * Tells an operator something.
 *
 * @param text one sentence, or several lines where faults are listed; written by us, never the message of an error
 * @param level `warn` where none is given
 * @param facts further plain values, for machines
 */
export type Notify = (text: string, level?: Level, facts?: Readonly<Record<string, Fact>>) => void;

export interface OplogOptions {
  /** `text` for people, a sentence after `sallyport: `; `json` for machines, one object a line. */
  readonly format: 'text' | 'json';
  /** Takes whole lines, and is to write them before it returns: what is told last is what was wrong. */
  readonly write: (text: string) => void;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly pid: number;
}

/** The operational log: what an operator must know of the gate itself. It is not the audit log, and holds no exchange. */
export function createOplog({ format, write, now, pid }: OplogOptions): Notify {
  if (format === 'text') return (text) => write(`sallyport: ${printed(redactText(text))}\n`);
  return (text, level = 'warn', facts = {}) => {
    const time = new Date(now()).toISOString();
    const head = { time, level, pid, msg: redactText(text) };
    // Twice: it stands first, and no fact takes its place.
    write(`${JSON.stringify({ ...head, ...redactFacts(facts), ...head })}\n`);
  };
}

/** Control and formatting characters, of which only the line feed may play with a terminal. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function printed(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
