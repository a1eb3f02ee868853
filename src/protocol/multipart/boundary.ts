import { MultipartError } from './error.ts';
import { readParameters } from './parameters.ts';

/** RFC 2046 section 5.1.1 bchars without the space, which quoting and folding could change. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=?]{1,70}$/;
const TYPE = /^multipart\/form-data(?=[ \t]*;)/i;
const MAX_LENGTH = 256;

/**
 * The boundary a Content-Type names. Of other parameters only `charset=utf-8` may stand beside it: some clients send
 * it, and it says what holds anyway.
 *
 * @throws MultipartError boundary
 */
export function readBoundary(content_type: string): string {
  const type = content_type.length > MAX_LENGTH ? null : TYPE.exec(content_type);
  const parameters = type && readParameters(content_type.slice(type[0].length));
  const boundary = parameters?.get('boundary');
  if (!parameters || boundary === undefined || !BOUNDARY.test(boundary)) throw new MultipartError('boundary');
  const charset = parameters.get('charset')?.toLowerCase() ?? 'utf-8';
  const others = [...parameters.keys()].filter((name) => name !== 'boundary' && name !== 'charset');
  if (charset !== 'utf-8' || others.length > 0) throw new MultipartError('boundary');
  return boundary;
}
