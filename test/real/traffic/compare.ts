/** What arrived at either end, against what was sent from the other. */
import { meaning } from './bodies.ts';
import type { Answered } from './caller.ts';
import type { AnswerMessage, RequestMessage } from './messages.ts';
import type { Arrived } from './scripted-upstream.ts';

/** What reached the service, against what was sent. */
export async function difference(sent: RequestMessage, arrived: Arrived): Promise<string | null> {
  const [path = '', query = ''] = arrived.url.split('?');
  if (arrived.method !== sent.method) return 'another method arrived';
  if (decodeURIComponent(path) !== decodeURIComponent(sent.path)) return 'another path arrived';
  const pieces = query === '' ? [] : query.split('&');
  if (decoded(pieces) !== decoded(sent.query)) return `another query arrived: ${query} for ${sent.query.join('&')}`;
  for (const [name, value] of sent.headers) {
    if (squeezed(arrived.headers[name.toLowerCase()]) !== squeezed(value)) return `another header ${name} arrived`;
  }
  // A form without a field is no body.
  if (sent.body === null || sent.body.bytes.length === 0) {
    return arrived.body.length === 0 ? null : 'a body arrived that was not sent';
  }
  const type = String(arrived.headers['content-type']);
  const same = (await meaning(arrived.body, type)) === (await meaning(sent.body.bytes, sent.body.content_type));
  return same ? null : 'another body arrived';
}

function decoded(pieces: readonly string[]): string {
  return JSON.stringify(pieces.map((piece) => decodeURIComponent(piece)).sort());
}

/** Blanks behind commas and semicolons say nothing. */
function squeezed(value: string | string[] | undefined): string {
  return String(value).replace(/([,;]) /g, '$1');
}

/** What reached the caller, against what was answered. */
export function change(sent: AnswerMessage, answered: Answered): string | null {
  if (answered.status !== sent.status) return `answered ${answered.status} for ${sent.status}`;
  for (const [name, value] of sent.headers) {
    if (squeezed(answered.headers[name.toLowerCase()]) !== squeezed(value))
      return `another header ${name} was answered`;
  }
  if (sent.body === null) return answered.body.length === 0 ? null : 'a body was answered where there was none';
  return answered.body.equals(sent.body.bytes) ? null : 'another body was answered';
}

export function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Whether a value is another one with members left out. */
export function isPart(part: unknown, whole: unknown): boolean {
  if (typeof part !== 'object' || part === null || typeof whole !== 'object' || whole === null) return part === whole;
  if (Array.isArray(part) !== Array.isArray(whole)) return false;
  return Object.entries(part).every(([name, member]) => isPart(member, (whole as Record<string, unknown>)[name]));
}
