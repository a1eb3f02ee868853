import type { Refusal } from '../../../core/errors/refusal.ts';
import type { AddressEntry } from '../../../core/resolver/address-entry.ts';
import { AnswerStream } from './answer-stream.ts';
import type { Attempt } from './attempt.ts';
import type { Entry } from './breaker.ts';
import type { UpstreamAnswer, UpstreamRequest } from './options.ts';

/**
 * Fields of the connection or of its framing (RFC 9110 section 7.6.1, RFC 9112 section 6): written by us for
 * our own connection, never taken over.
 */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);

/** One request of a caller, over all its attempts. */
export class Dispatch {
  readonly request: UpstreamRequest;
  readonly headers: readonly string[];
  /** How the breaker let it in. */
  entered: Entry = 'normal';
  /** Times the request was given to an address. */
  attempts = 0;
  /** Attempts that may count against the retries: all but one whose idle connection was closed under it. */
  counted_attempts = 0;
  /** After a stale connection: only one that was just opened will do. */
  fresh_only = false;
  entry: AddressEntry | null = null;
  tried: AddressEntry[] = [];
  attempt: Attempt | null = null;
  settled = false;
  /** The head of the answer was handed over, its body streams behind it. */
  begun = false;
  /** The caller left or the deadline passed: no further attempt, and no word against the address. */
  given_up = false;
  private readonly resolve: (answer: UpstreamAnswer) => void;
  private readonly reject: (refusal: unknown) => void;

  constructor(request: UpstreamRequest, resolve: (answer: UpstreamAnswer) => void, reject: (refusal: unknown) => void) {
    this.request = request;
    this.headers = ownFieldsLeftOut(request.headers);
    this.resolve = resolve;
    this.reject = reject;
  }

  begin(answer: UpstreamAnswer): void {
    this.begun = true;
    this.resolve(answer);
  }

  succeed(answer: UpstreamAnswer): void {
    this.settled = true;
    if (answer.stream instanceof AnswerStream) answer.stream.complete();
    else this.resolve(answer);
  }

  fail(refusal: Refusal, stream: AnswerStream | null = null): void {
    this.settled = true;
    if (this.begun) stream?.tear(refusal);
    else this.reject(refusal);
  }
}

function ownFieldsLeftOut(headers: readonly string[]): readonly string[] {
  for (let i = 0; i < headers.length; i += 2) {
    if (OWN_FIELDS.has(headers[i] as string)) return withoutOwnFields(headers);
  }
  return headers;
}

function withoutOwnFields(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (!OWN_FIELDS.has(name)) kept.push(name, headers[i + 1] as string);
  }
  return kept;
}
