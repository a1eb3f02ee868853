/** The closed set of reasons bytes are not strict `multipart/form-data`, each with its meaning. */
export const MULTIPART_ERRORS = {
  boundary: 'the Content-Type names no boundary, or one outside the grammar of RFC 2046 section 5.1.1',
  delimiter: 'a delimiter is missing, is not followed by CRLF, or occurs inside a part',
  trailing: 'bytes follow the closing delimiter',
  parts: 'more parts than allowed, or none',
  headers: 'the header section of a part is malformed, too large or repeats a field',
  field: 'a part carries a field other than Content-Disposition, Content-Type and an identity transfer encoding',
  disposition: 'a Content-Disposition is missing, is not form-data with one name, or can be read in two ways',
  name: 'a name is empty, too long, not UTF-8, or holds a control character',
} as const satisfies Record<string, string>;

export type MultipartErrorCode = keyof typeof MULTIPART_ERRORS;

/** The only thing the parser throws. Its text never holds bytes of the input. */
export class MultipartError extends Error {
  readonly code: MultipartErrorCode;

  constructor(code: MultipartErrorCode) {
    super(MULTIPART_ERRORS[code]);
    this.name = 'MultipartError';
    this.code = code;
  }
}
