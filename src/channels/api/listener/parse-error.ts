import { CODES, PROBLEMS, type RefusalCode } from '../../../core/errors/index.ts';
import { problemBody } from '../problem.ts';
import { reasonPhrase } from './reason-phrase.ts';

/** The code of what Node's HTTP/1.1 parser refused; null where the client merely went away. */
export function parseErrorCode(error: NodeJS.ErrnoException): RefusalCode | null {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return null;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'ADMIT_HEADERS_LATE';
    case 'HPE_HEADER_OVERFLOW':
      return 'ADMIT_HEADERS_TOO_LARGE';
    case 'HPE_INVALID_TRANSFER_ENCODING':
    case 'HPE_INVALID_CONTENT_LENGTH':
    case 'HPE_UNEXPECTED_CONTENT_LENGTH':
    case 'HPE_INVALID_CHUNK_SIZE':
      return 'ADMIT_FRAMING';
    case 'HPE_INVALID_URL':
      return 'ADMIT_TARGET';
    default:
      return 'ADMIT_PARSE';
  }
}

/** A complete HTTP/1.1 answer for a connection that has no request to answer. */
export function parseErrorMessage(code: RefusalCode): string {
  const problem = CODES[code].problem ?? 'bad-request';
  const { status } = PROBLEMS[problem];
  const body = problemBody(problem, null, {});
  return [
    `HTTP/1.1 ${status} ${reasonPhrase(status)}`,
    'content-type: application/problem+json',
    `content-length: ${body.length}`,
    'cache-control: no-store',
    'connection: close',
    '',
    body.toString('latin1'),
  ].join('\r\n');
}
