/**
 * The closed union of refusal codes: every way an exchange can end other than "allowed".
 *
 * A code is what the record says; a problem is what the caller is told. Several codes may share one
 * problem, so that a stranger who probes learns nothing from the difference (all of authentication
 * answers alike). Each code is described in docs/errors.md; a test holds the two together.
 */

/** What the caller is told: RFC 9457 problem types, by the last part of their URN. */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request is malformed' },
  'not-authenticated': { status: 401, title: 'No acceptable credential was presented' },
  denied: { status: 403, title: 'The caller may not do this' },
  'no-such-operation': { status: 404, title: 'No such operation' },
  'not-acceptable': { status: 406, title: 'No declared media type is acceptable' },
  timeout: { status: 408, title: 'The request took too long to arrive' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not declared' },
  misdirected: { status: 421, title: 'This name is not served here' },
  invalid: { status: 422, title: 'The request breaks the contract' },
  'too-many-requests': { status: 429, title: 'Over budget' },
  'headers-too-large': { status: 431, title: 'The header fields are too large' },
  internal: { status: 500, title: 'The gate could not handle this exchange' },
  'bad-upstream': { status: 502, title: 'The service behind the gate did not answer as agreed' },
  unavailable: { status: 503, title: 'The gate is not accepting this exchange now' },
  'upstream-timeout': { status: 504, title: 'The service behind the gate did not answer in time' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemType = keyof typeof PROBLEMS;

/** The nine steps of an exchange, in order. */
export const STEPS = [
  'admit',
  'authenticate',
  'match',
  'limit',
  'authorize',
  'validate',
  'forward',
  'filter',
  'record',
] as const;

export type StepName = (typeof STEPS)[number];

interface CodeEntry {
  /** The step that refuses with this code. */
  readonly step: StepName;
  /** What the caller is told; null where no answer is possible (the connection is closed). */
  readonly problem: ProblemType | null;
  /** One sentence for docs and operators: what happened. */
  readonly meaning: string;
}

// biome-ignore format: one line for each code
export const CODES = {
  // admit
  ADMIT_CONNECTIONS: { step: 'admit', problem: null, meaning: 'The source, the listener or the process holds as many connections as it may.' },
  ADMIT_HANDSHAKES: { step: 'admit', problem: null, meaning: 'The source opened connections faster than it may.' },
  ADMIT_BYTES: { step: 'admit', problem: null, meaning: 'The source sent more bytes than its budget allows.' },
  ADMIT_NOT_TLS: { step: 'admit', problem: null, meaning: 'The first bytes are not a TLS ClientHello.' },
  ADMIT_TLS: { step: 'admit', problem: null, meaning: 'The TLS handshake failed (protocol, cipher, group or alert).' },
  ADMIT_TLS_LATE: { step: 'admit', problem: null, meaning: 'The TLS handshake did not end in time.' },
  ADMIT_PARSE: { step: 'admit', problem: 'bad-request', meaning: 'The HTTP parser refused the bytes.' },
  ADMIT_IDLE: { step: 'admit', problem: null, meaning: 'The connection was silent for too long without a request.' },
  ADMIT_HTTP2: { step: 'admit', problem: null, meaning: 'The HTTP/2 session broke a protocol rule or a cap.' },
  ADMIT_HEADERS_LATE: { step: 'admit', problem: 'timeout', meaning: 'The header section did not arrive in time.' },
  ADMIT_BODY_LATE: { step: 'admit', problem: 'timeout', meaning: 'The body did not arrive in time.' },
  ADMIT_TOTAL_LATE: { step: 'admit', problem: 'timeout', meaning: 'The exchange used up its total time.' },
  ADMIT_HEADERS_TOO_LARGE: { step: 'admit', problem: 'headers-too-large', meaning: 'The header section is larger than allowed.' },
  ADMIT_HOST: { step: 'admit', problem: 'bad-request', meaning: 'The Host field is missing, repeated or not a valid authority.' },
  ADMIT_MISDIRECTED: { step: 'admit', problem: 'misdirected', meaning: 'Host, the absolute-form target and SNI do not name the same served host.' },
  ADMIT_FIELD_REPEATED: { step: 'admit', problem: 'bad-request', meaning: 'A field that may stand once stands twice.' },
  ADMIT_FIELD: { step: 'admit', problem: 'bad-request', meaning: 'A header field two parsers could read two ways (obs-fold, control bytes, underscores that mimic a hyphen).' },
  ADMIT_FRAMING: { step: 'admit', problem: 'bad-request', meaning: 'Message framing is ambiguous: Transfer-Encoding other than one "chunked", or together with Content-Length, or lengths that disagree.' },
  ADMIT_TARGET: { step: 'admit', problem: 'bad-request', meaning: 'The request target is ambiguous: a slash encoded twice, an encoded backslash or dot segment, NUL, overlong or invalid encoding.' },
  ADMIT_METHOD: { step: 'admit', problem: 'no-such-operation', meaning: 'The method is never carried by a gate (CONNECT, TRACE) or is unknown.' },
  ADMIT_UPGRADE: { step: 'admit', problem: 'bad-request', meaning: 'The client asked to switch protocols or sent an expectation that is not served.' },
  ADMIT_DRAINING: { step: 'admit', problem: 'unavailable', meaning: 'The gate is shutting down and accepts no new exchange.' },
  // authenticate
  AUTHN_NONE: { step: 'authenticate', problem: 'not-authenticated', meaning: 'No client certificate was presented.' },
  AUTHN_CERT_MALFORMED: { step: 'authenticate', problem: 'not-authenticated', meaning: 'The certificate cannot be read, or has an unknown critical extension.' },
  AUTHN_CERT_EXPIRED: { step: 'authenticate', problem: 'not-authenticated', meaning: 'A certificate of the chain is past its notAfter.' },
  AUTHN_CERT_NOT_YET_VALID: { step: 'authenticate', problem: 'not-authenticated', meaning: 'A certificate of the chain is before its notBefore.' },
  AUTHN_CERT_WEAK_KEY: { step: 'authenticate', problem: 'not-authenticated', meaning: 'A key of the chain is too weak or of an unaccepted type.' },
  AUTHN_CERT_WEAK_SIGNATURE: { step: 'authenticate', problem: 'not-authenticated', meaning: 'A signature of the chain uses an unaccepted algorithm.' },
  AUTHN_CERT_SIGNATURE: { step: 'authenticate', problem: 'not-authenticated', meaning: 'A signature of the chain does not verify: the issuer did not sign this.' },
  AUTHN_CERT_USAGE: { step: 'authenticate', problem: 'not-authenticated', meaning: 'The certificate may not be used for client authentication, or an issuer is not a CA.' },
  AUTHN_CERT_CONSTRAINTS: { step: 'authenticate', problem: 'not-authenticated', meaning: 'A path length or name constraint of an issuer is broken.' },
  AUTHN_CERT_UNKNOWN_ISSUER: { step: 'authenticate', problem: 'not-authenticated', meaning: 'The chain does not lead to a trust anchor of this zone.' },
  AUTHN_MACHINE_UNKNOWN: { step: 'authenticate', problem: 'not-authenticated', meaning: 'The certificate is valid but names no registered machine under that trust anchor.' },
  AUTHN_MACHINE_AMBIGUOUS: { step: 'authenticate', problem: 'not-authenticated', meaning: 'The certificate names more than one machine.' },
  AUTHN_MACHINE_SUSPENDED: { step: 'authenticate', problem: 'not-authenticated', meaning: 'The machine or its party is suspended.' },
  AUTHN_ZONE: { step: 'authenticate', problem: 'not-authenticated', meaning: 'The machine may not enter by this zone.' },
  // match
  MATCH_PATH: { step: 'match', problem: 'no-such-operation', meaning: 'No contract of this zone declares the path; an encoded slash, or text that two parameters could share, is declared by none that does not say so.' },
  MATCH_METHOD: { step: 'match', problem: 'no-such-operation', meaning: 'The path is declared, the method on it is not.' },
  // limit
  LIMIT_SOURCE: { step: 'admit', problem: 'too-many-requests', meaning: 'The source address is over its request budget.' },
  LIMIT_MACHINE: { step: 'limit', problem: 'too-many-requests', meaning: 'The machine is over its request budget.' },
  LIMIT_PARTY: { step: 'limit', problem: 'too-many-requests', meaning: 'The party is over its request budget.' },
  LIMIT_OPERATION: { step: 'limit', problem: 'too-many-requests', meaning: 'The operation is over its request budget.' },
  LIMIT_CONCURRENCY: { step: 'limit', problem: 'too-many-requests', meaning: 'The machine or operation has as many exchanges under way as it may, or the party as many streams to one service.' },
  LIMIT_BODY: { step: 'limit', problem: 'too-large', meaning: 'The request body is larger than the operation allows.' },
  // authorize
  AUTHZ_DENIED: { step: 'authorize', problem: 'denied', meaning: 'No policy permits this, or one forbids it.' },
  AUTHZ_ERROR: { step: 'authorize', problem: 'denied', meaning: 'A policy could not be evaluated; an answer with an evaluation error is a refusal.' },
  // validate
  VALIDATE_PARAMETER_UNDECLARED: { step: 'validate', problem: 'invalid', meaning: 'A query parameter is not declared.' },
  VALIDATE_PARAMETER_MISSING: { step: 'validate', problem: 'invalid', meaning: 'A required parameter is missing.' },
  VALIDATE_PARAMETER_REPEATED: { step: 'validate', problem: 'invalid', meaning: 'A parameter that may stand once stands twice.' },
  VALIDATE_PARAMETER: { step: 'validate', problem: 'invalid', meaning: 'A parameter breaks its schema.' },
  VALIDATE_MEDIA_TYPE: { step: 'validate', problem: 'unsupported-media-type', meaning: 'The Content-Type is missing or not declared for this operation.' },
  VALIDATE_CONTENT_ENCODING: { step: 'validate', problem: 'unsupported-media-type', meaning: 'The body carries a Content-Encoding that is not taken off here, or more than one.' },
  VALIDATE_DECOMPRESSION: { step: 'validate', problem: 'bad-request', meaning: 'The compressed body is broken, goes on after its end, or becomes more than its ratio allows.' },
  VALIDATE_TEXT: { step: 'validate', problem: 'bad-request', meaning: 'The body is not UTF-8 text, or holds control characters.' },
  VALIDATE_NOT_ACCEPTABLE: { step: 'validate', problem: 'not-acceptable', meaning: 'The Accept field excludes every declared media type.' },
  VALIDATE_BODY_MISSING: { step: 'validate', problem: 'invalid', meaning: 'The operation requires a body and none came.' },
  VALIDATE_BODY_UNEXPECTED: { step: 'validate', problem: 'invalid', meaning: 'The operation declares no body and one came.' },
  VALIDATE_JSON: { step: 'validate', problem: 'bad-request', meaning: 'The body is not strict JSON (syntax, UTF-8, duplicate or forbidden key, trailing data).' },
  VALIDATE_JSON_LIMIT: { step: 'validate', problem: 'too-large', meaning: 'The JSON is deeper, wider or has longer numbers than allowed.' },
  VALIDATE_FORM: { step: 'validate', problem: 'bad-request', meaning: 'The body is not a strict form (percent-encoding, UTF-8, a pair without name or value), or repeats a field that may stand once.' },
  VALIDATE_MULTIPART: { step: 'validate', problem: 'bad-request', meaning: 'The body is not strict multipart/form-data (boundary, delimiters, part headers, names), or repeats a part that may stand once.' },
  VALIDATE_FIELD_UNDECLARED: { step: 'validate', problem: 'invalid', meaning: 'The body holds a field the contract does not declare.' },
  VALIDATE_SCHEMA: { step: 'validate', problem: 'invalid', meaning: 'The body breaks its schema.' },
  VALIDATE_BINDING: { step: 'validate', problem: 'denied', meaning: 'A value that is bound to the caller names somebody else.' },
  VALIDATE_ATTACK: { step: 'validate', problem: 'invalid', meaning: 'A value shows a pattern of attack, and its guard is set to block (docs/guards.md).' },
  // forward
  FORWARD_INTENT: { step: 'forward', problem: 'unavailable', meaning: 'The intent could not be written, so the unsafe operation was not sent.' },
  FORWARD_NAME: { step: 'forward', problem: 'bad-upstream', meaning: 'The upstream name could not be resolved.' },
  FORWARD_UNREACHABLE: { step: 'forward', problem: 'bad-upstream', meaning: 'No address of the upstream accepted a connection.' },
  FORWARD_UNPROVEN: { step: 'forward', problem: 'bad-upstream', meaning: 'The upstream did not prove its name by TLS.' },
  FORWARD_BROKEN: { step: 'forward', problem: 'bad-upstream', meaning: 'The connection to the upstream ended before a complete answer.' },
  FORWARD_PROTOCOL: { step: 'forward', problem: 'bad-upstream', meaning: 'The upstream answer is not valid HTTP or contradicts its own length.' },
  FORWARD_BUSY: { step: 'forward', problem: 'unavailable', meaning: 'Every connection to the upstream is in use and the queue is full.' },
  FORWARD_OPEN: { step: 'forward', problem: 'unavailable', meaning: 'Nearly all exchanges with the upstream fail, so its breaker lets only a few through.' },
  FORWARD_LATE: { step: 'forward', problem: 'upstream-timeout', meaning: 'The upstream did not connect, answer or finish in time.' },
  // filter
  FILTER_STATUS: { step: 'filter', problem: 'bad-upstream', meaning: 'The upstream answered with a status the operation does not declare.' },
  FILTER_MEDIA_TYPE: { step: 'filter', problem: 'bad-upstream', meaning: 'The upstream answered with a media type or encoding the operation does not declare.' },
  FILTER_HEADER: { step: 'filter', problem: 'bad-upstream', meaning: 'A declared response header is missing or breaks its schema.' },
  FILTER_BODY_TOO_LARGE: { step: 'filter', problem: 'bad-upstream', meaning: 'The upstream answer is larger than the operation allows.' },
  FILTER_BODY_UNEXPECTED: { step: 'filter', problem: 'bad-upstream', meaning: 'The upstream sent a body where the operation declares none.' },
  FILTER_JSON: { step: 'filter', problem: 'bad-upstream', meaning: 'The upstream answer is not strict JSON.' },
  FILTER_SCHEMA: { step: 'filter', problem: 'bad-upstream', meaning: 'The upstream answer breaks its schema.' },
  FILTER_TEXT: { step: 'filter', problem: 'bad-upstream', meaning: 'The upstream answer is not UTF-8 text, or holds control characters.' },
  FILTER_DECOMPRESSION: { step: 'filter', problem: 'bad-upstream', meaning: 'The compressed upstream answer is broken, goes on after its end, or becomes more than its ratio allows.' },
  FILTER_LEAK: { step: 'filter', problem: 'bad-upstream', meaning: 'The answer holds a secret, an exception or undeclared personal data, and its guard is set to block; or what was to be masked could not be (docs/guards.md).' },
  FILTER_VOLUME: { step: 'filter', problem: 'bad-upstream', meaning: 'The answer is far larger than this party usually gets from this operation, and the guard is set to block.' },
  // record
  RECORD_UNAVAILABLE: { step: 'record', problem: 'unavailable', meaning: 'The record could not be made durable, so the exchange is refused.' },
  CLIENT_GONE: { step: 'record', problem: null, meaning: 'The client closed the connection before the answer.' },
  CALLER_WITHDRAWN: { step: 'record', problem: null, meaning: 'A reload took away what proved the caller, and the gate ended the connection before the answer.' },
  OUTCOME_UNKNOWN: { step: 'record', problem: null, meaning: 'An intent was found without outcome after a crash: the operation may have been executed.' },
  INTERNAL: { step: 'record', problem: 'internal', meaning: 'A step threw something that is not a declared refusal; the exchange is refused.' },
} as const satisfies Record<string, CodeEntry>;

export type RefusalCode = keyof typeof CODES;
