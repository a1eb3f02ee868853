/** Status line and header fields of an HTTP/1.1 response (RFC 9112 sections 4 and 5). */
export interface ResponseHead {
  readonly status: number;
  /** By lower-case name; of a field that comes twice the first, as RFC 6797 section 8.1 has it. */
  readonly fields: ReadonlyMap<string, string>;
}

const MAX_BYTES = 16_384;
const STATUS_LINE = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: .*)?$/;
const FIELD = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):(.*)$/;

/**
 * Reads the head out of what has arrived so far.
 *
 * @returns `more` where it is not whole yet, `no-http` where it is none, or longer than 16 KiB
 */
export function readResponseHead(bytes: Buffer): ResponseHead | 'more' | 'no-http' {
  const text = bytes.toString('latin1', 0, MAX_BYTES);
  if (!'HTTP/1.'.startsWith(text.slice(0, 7))) return 'no-http';
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) return bytes.length >= MAX_BYTES ? 'no-http' : 'more';
  const [first = '', ...lines] = text.slice(0, end.index).split(/\r?\n/);
  const [, status] = STATUS_LINE.exec(first) ?? [];
  if (status === undefined) return 'no-http';
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    const key = name?.toLowerCase();
    if (key !== undefined && !fields.has(key)) fields.set(key, withoutBlanks(value));
  }
  return { status: Number(status), fields };
}

/** Optional whitespace around a value. A pattern would go back and forth over a value of blanks. */
function withoutBlanks(value: string): string {
  let [from, to] = [0, value.length];
  while (from < to && isBlank(value[from])) from++;
  while (from < to && isBlank(value[to - 1])) to--;
  return value.slice(from, to);
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';
