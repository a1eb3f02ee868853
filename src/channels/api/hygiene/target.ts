import { Refusal } from '../../../core/errors/index.ts';

/** A request target that can be read in one way only. */
export interface Target {
  /** Raw path, starting with a slash, percent-encoding as sent. */
  readonly path: string;
  /** Raw query without the question mark; null where there is none. */
  readonly query: string | null;
  /** The authority of an absolute-form target (RFC 9112 section 3.2.2), lower case; null for origin-form. */
  readonly authority: string | null;
}

/** Only `https`: another scheme over TLS would mean one thing here and another behind (RFC 9110 section 7.4). */
const ABSOLUTE = /^https:\/\/([^/?#]+)(.*)$/i;
/** RFC 3986 pchar and slash, percent-encoding included. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
/** RFC 3986 section 3.4. Brackets are let through here because clients send them; parameters decide. */
const QUERY = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?[\]]|%[0-9A-Fa-f]{2})*$/;
/** An encoded slash, backslash or control; also encoded twice, for the upstream that decodes twice. */
const ENCODED_DELIMITER = /%(?:25)*(?:2f|5c|[01][0-9a-f]|7f)/i;
/** A dot segment, plain or encoded, also with path parameters (`/..;/`), which some servers strip. */
const DOT_SEGMENT = /(?:^|\/)(?:\.|%(?:25)*2e){1,2}(?:;[^/]*)?(?:\/|$)/i;

/**
 * Takes a request target apart and refuses every form that two parsers could read two ways.
 * Nothing is normalised: what is ambiguous is refused, what remains means the same to everyone.
 *
 * @throws Refusal ADMIT_TARGET
 */
export function readTarget(raw: string): Target {
  const absolute = raw.startsWith('/') ? null : ABSOLUTE.exec(raw);
  const origin = absolute ? absolute[2]! : raw;
  // Asterisk-form, authority-form and anything else that is no path end here.
  if (!origin.startsWith('/')) throw refuse('not a path');
  const question = origin.indexOf('?');
  const path = question === -1 ? origin : origin.slice(0, question);
  const query = question === -1 ? null : origin.slice(question + 1);
  checkPath(path);
  if (query !== null && !QUERY.test(query)) throw refuse('query characters');
  return { path, query, authority: absolute ? absolute[1]!.toLowerCase() : null };
}

function checkPath(path: string): void {
  if (!PATH.test(path)) throw refuse('path characters');
  if (path.includes('//')) throw refuse('empty segment');
  if (path.includes('/.') && DOT_SEGMENT.test(path)) throw refuse('dot segment');
  if (!path.includes('%')) return;
  if (ENCODED_DELIMITER.test(path)) throw refuse('encoded delimiter');
  if (DOT_SEGMENT.test(path)) throw refuse('dot segment');
  try {
    // Rejects overlong and otherwise invalid UTF-8 (RFC 3629 section 3).
    decodeURIComponent(path);
  } catch {
    throw refuse('invalid UTF-8');
  }
}

function refuse(reason: string): Refusal {
  return new Refusal('ADMIT_TARGET', { reason });
}
