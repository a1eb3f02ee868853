/** Where the command line writes, and how it looks there. */

export interface Stream {
  readonly write: (text: string) => void;
  readonly is_terminal: boolean;
  /** Width in characters; 80 where it is not known. */
  readonly columns: number;
  /** Whether whoever read it has gone. */
  readonly is_closed: () => boolean;
}

/** The surroundings of one run of the command line. */
export interface CliIo {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the current folder. */
  readonly cwd: string;
  /** Tells of keys one by one, on a terminal; what it returns gives the keyboard back. */
  readonly onKey: (listener: (key: string) => void) => () => void;
  /**
   * Tells of SIGINT (Ctrl-C) and SIGTERM: the process ends when the listener has returned, with the exit code of what did not
   * finish. What it returns leaves them to the system again.
   */
  readonly onInterrupt: (listener: () => void) => () => void;
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof STYLES;

/** Text with a style on a terminal, and as it is everywhere else. */
export type Paint = (style: Style, text: string) => string;

/**
 * Colours only on a terminal that can show them. NO_COLOR (https://no-color.org), when it is set and not empty,
 * turns them off.
 */
export function painter(stream: Stream, env: CliIo['env']): Paint {
  const coloured = stream.is_terminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return coloured ? (style, text) => `\u001b[${STYLES[style]}m${text}\u001b[0m` : (_style, text) => text;
}

const NARROWEST = 40;
const WIDEST = 120;

/** Width to wrap at: that of the terminal, but neither too narrow to read nor too wide. */
export function textWidth(stream: Stream): number {
  const columns = stream.is_terminal ? stream.columns : 80;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/** Breaks at blanks; every line but the first is indented, and the first begins there already. */
export function wrap(text: string, indent: number, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
