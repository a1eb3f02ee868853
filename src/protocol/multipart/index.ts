/** Forms as `multipart/form-data` (RFC 7578): parsed strictly, written canonically. */
export { readBoundary } from './boundary.ts';
export { MULTIPART_ERRORS, MultipartError, type MultipartErrorCode } from './error.ts';
export { DEFAULT_MULTIPART_LIMITS, type MultipartLimits } from './limits.ts';
export { readParameters } from './parameters.ts';
export { parseMultipart } from './parse.ts';
export type { Part } from './part.ts';
export { writeMultipart } from './write.ts';
