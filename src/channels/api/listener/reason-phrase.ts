/**
 * Reason phrases of HTTP/1.1, as `node:http` has them: an import of that module makes Node.js load its whole client for
 * `fetch`, which costs each process more than all of undici's part that a gate uses.
 */
const PHRASES = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [406, 'Not Acceptable'],
  [408, 'Request Timeout'],
  [413, 'Payload Too Large'],
  [415, 'Unsupported Media Type'],
  [421, 'Misdirected Request'],
  [422, 'Unprocessable Entity'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
]);

/** The phrase of a status that some problem has (RFC 9112 section 4: it may be empty). */
export function reasonPhrase(status: number): string {
  return PHRASES.get(status) ?? '';
}
