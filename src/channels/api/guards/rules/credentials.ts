/** Credentials that are known by what stands around them: keys in PEM, JWTs, Authorization values, URLs, assignments. */
import { BASE64URL, begins, entropy, runEnd } from '../characters.ts';
import { byteAt, byteRule, type InspectedText, latin1, patternRule, type Rule, type Span, WINDOW } from '../rule.ts';

/** RFC 7468, and what OpenSSH and PGP make of it: everything up to the end line, which may be missing. */
const pem = byteRule({
  id: 'private-key',
  guard: 'secrets',
  anchors: ['-----begin ', 'putty-user-key-file-'],
  find(text, at, end) {
    const label = latin1(text, end, end + 48);
    if (text.bytes[at] !== 0x2d) return /^[23]: /.test(label) ? { start: at, end: text.end } : null;
    if (!/^(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/.test(label)) return null;
    const last = text.bytes.subarray(end, text.end).indexOf('-----END ');
    return { start: at, end: last < 0 ? text.end : Math.min(text.end, end + last + 64) };
  },
});

/** RFC 7519 section 3: the header must decode to a JSON object that says how it is protected. */
const jwt = byteRule({
  id: 'jwt',
  guard: 'secrets',
  anchors: ['eyj'],
  find(text, at) {
    if (!begins(text, at, BASE64URL)) return null;
    const header_end = runEnd(text, at, BASE64URL, 2048);
    const payload_end = header_end < text.end ? runEnd(text, header_end + 1, BASE64URL, 8192) : header_end;
    if (text.bytes[header_end] !== 0x2e || payload_end - header_end < 4) return null;
    if (text.bytes[payload_end] !== 0x2e || payload_end >= text.end) return null;
    if (!isJoseHeader(latin1(text, at, header_end))) return null;
    return { start: at, end: runEnd(text, payload_end + 1, BASE64URL, 8192) };
  },
});

function isJoseHeader(encoded: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return typeof header === 'object' && header !== null && Object.hasOwn(header, 'alg');
  } catch {
    return false;
  }
}

/** Opaque tokens have digits and letters in no order; words do not. */
function isRandom(value: string): boolean {
  return /[0-9]/.test(value) && /[A-Za-z]/.test(value) && entropy(value) >= 3.2;
}

const bearer = patternRule({
  id: 'bearer-token',
  guard: 'secrets',
  anchors: ['bearer '],
  pattern: /bearer ([A-Za-z0-9._~+/-]{20,200}={0,2})/i,
  // Hex of a fixed length is as often the digest of something as a token, but behind this word it is one.
  holds: ([, token]) => isRandom(token as string),
});

/** RFC 7617: the part behind it must decode to a name, a colon and something printable. */
const basic = patternRule({
  id: 'basic-credentials',
  guard: 'secrets',
  anchors: ['basic '],
  pattern: /basic ([A-Za-z0-9+/]{8,200}={0,2})(?![A-Za-z0-9+/=])/i,
  holds: ([, encoded]) =>
    (encoded as string).length % 4 === 0 &&
    /^[\x21-\x39\x3b-\x7e]{1,100}:[\x20-\x7e]{3,100}$/.test(
      Buffer.from(encoded as string, 'base64').toString('latin1'),
    ),
});

/** RFC 3986 section 3.2.1: user information with a password. */
const url = byteRule({
  id: 'connection-string',
  guard: 'secrets',
  anchors: ['://'],
  find(text, _at, end) {
    let colon = -1;
    const last = Math.min(text.end, end + WINDOW);
    for (let at = end; at < last; at++) {
      const byte = text.bytes[at] as number;
      if (byte === 0x40) return colon < 0 ? null : withPassword(text, end, { colon, host: at });
      if (byte === 0x3a && colon < 0) colon = at;
      // Blank and controls, quotes, slash, question mark, hash, brackets: no authority goes on behind them.
      if (byte <= 0x20 || ENDS_AUTHORITY.has(byte)) return null;
    }
    return null;
  },
});

const ENDS_AUTHORITY: ReadonlySet<number> = new Set(Buffer.from('"\'`/?#<>\\|,;'));

function withPassword(text: InspectedText, start: number, at: { colon: number; host: number }): Span | null {
  const password = latin1(text, at.colon + 1, at.host);
  if (password.length < 3 || isPlaceholder(password)) return null;
  return { start, end: at.host };
}

const PLACEHOLDER =
  /^(?:\*+|x+|\.+|-+|_+|[<{[(%$].*|.*[>}\])]|.*(?:pass(?:word|wd|phrase)?|pwd|secret|token|example|changeme|redacted|hidden|removed|your|here|key|null|none|undefined|true|false|string|value|env|config|process)\b.*)$/i;

/** What documentation writes in place of a secret. */
function isPlaceholder(value: string): boolean {
  return value.length > 128 || PLACEHOLDER.test(value) || new Set(value).size < 4;
}

const NAMES =
  'password|passwd|passphrase|pwd|secret|secret[_-]?key|api[_-]?key|access[_-]?key|auth[_-]?key|private[_-]?key|client[_-]?secret|access[_-]?token|auth[_-]?token|refresh[_-]?token|api[_-]?token|secretaccesskey|secret[_-]access[_-]key|credentials?';

/** `password=…`, `"api_key": "…"`, `Pwd=…;`: the value must look like nothing a person reads. */
const assignment = patternRule({
  id: 'secret-assignment',
  guard: 'secrets',
  anchors: [
    'password',
    'passwd',
    'passphrase',
    'pwd',
    'secret',
    'apikey',
    'api_key',
    'api-key',
    'accesskey',
    'access_key',
    'access-key',
    'auth_key',
    'auth-key',
    'private_key',
    '_token',
    '-token',
    'accesstoken',
    'authtoken',
    'credential',
  ],
  pattern: new RegExp(
    `(?:${NAMES})["']?[ \\t]{0,3}(?:=|:|=>)[ \\t]{0,3}(["']?)([A-Za-z0-9!#$%&*+./<>@^_~?=-]{8,128})\\1(?![A-Za-z0-9(\\[])`,
    'i',
  ),
  before: 24,
  near: isAssigned,
  holds: ([, , value]) => !isPlaceholder(value as string) && looksSecret(value as string),
});

/** Whether an equals sign or a colon follows soon. */
function isAssigned(text: InspectedText, _at: number, end: number): boolean {
  for (let ahead = end; ahead < end + 16; ahead++) {
    const byte = byteAt(text, ahead);
    if (byte === 0x3d || byte === 0x3a) return true;
  }
  return false;
}

/** Three kinds of characters and little repetition; paths, addresses and identifiers of code fall out. */
function looksSecret(value: string): boolean {
  if (/^[a-z]+:\/\/|^[./~]|^[A-Za-z_.]+\(|^[A-Za-z]+(?:[._/-][A-Za-z0-9]+)*$/.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  return kinds >= 3
    ? entropy(value) >= 2.7
    : kinds === 2 && value.length >= 16 && /[0-9]/.test(value) && entropy(value) >= 3.2;
}

export const CREDENTIAL_RULES: readonly Rule[] = [pem, jwt, bearer, basic, url, assignment];
