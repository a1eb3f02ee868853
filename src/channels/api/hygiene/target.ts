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
/** One escape, whatever number of times its percent sign is itself escaped. */
const ESCAPE = /%(?:25)*([0-9A-Fa-f]{2})/g;
/** How often a path is decoded to see what is in it; real ones hold still after one or two. */
const MAX_DECODINGS = 8;
/** A backslash or a control character. */
const NEVER = /[\\\u007f]|[^ -\u00ff]/;
/** A dot segment, also with what some servers strip before they look at it: path parameters, query, fragment. */
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:[;?#][^/]*)?(?:\/|$)/;
/** A slash encoded once. Encoded again it has as many readings as there are decoders. */
const ENCODED_SLASH = /%2f/gi;

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
  // Whether a slash may stand encoded is the contract's to say, once it is known which operation is meant.
  const fault = pathFault(path, true);
  if (fault !== null) throw refuse(fault);
  if (query !== null && !QUERY.test(query)) throw refuse('query characters');
  return { path, query, authority: absolute ? absolute[1]!.toLowerCase() : null };
}

/**
 * What two readers of a path could understand differently, also one that decodes it more than once; null where there
 * is nothing. Asked of what a client sends, and again of what is rebuilt from it.
 *
 * @param path raw, starting with a slash
 * @param encoded_slash whether a slash may be encoded, once; also then no segment it makes is empty or a dot segment
 */
export function pathFault(path: string, encoded_slash = false): string | null {
  if (!PATH.test(path)) return 'path characters';
  if (path.includes('//')) return 'empty segment';
  if (path.includes('/.') && DOT_SEGMENT.test(path)) return 'dot segment';
  if (!path.includes('%')) return null;
  const allowed = encoded_slash ? (path.match(ENCODED_SLASH)?.length ?? 0) : 0;
  return hiddenFault(path, allowed) ?? (isUtf8(path) ? null : 'invalid UTF-8');
}

/** What comes to light when a path is decoded until there is nothing left to decode. */
function hiddenFault(path: string, encoded_slashes: number): string | null {
  let text = path;
  for (let decodings = 0; decodings < MAX_DECODINGS; decodings++) {
    const decoded = text.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (decoded === text) return decodedFault(decoded, path, encoded_slashes);
    text = decoded;
  }
  return 'encoded too often';
}

function decodedFault(decoded: string, path: string, encoded_slashes: number): string | null {
  if (NEVER.test(decoded) || slashes(decoded) !== slashes(path) + encoded_slashes) return 'encoded delimiter';
  if (decoded.includes('//') || (decoded.endsWith('/') && !path.endsWith('/'))) return 'empty segment';
  return DOT_SEGMENT.test(decoded) ? 'dot segment' : null;
}

function slashes(path: string): number {
  return path.split('/').length;
}

/** Overlong forms and surrogates are not (RFC 3629 section 3). */
function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function refuse(reason: string): Refusal {
  return new Refusal('ADMIT_TARGET', { reason });
}
