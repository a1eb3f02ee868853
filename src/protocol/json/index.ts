export { JSON_ERRORS, JsonError, type JsonErrorCode } from './error.ts';
export { DEFAULT_JSON_LIMITS, type JsonLimits } from './limits.ts';
export { JsonParser, parseJson } from './parser.ts';
export { pointerTo } from './pointer.ts';
export { Tape } from './tape.ts';
export { type Fill, trim } from './trim.ts';
export { children, type JsonValue, nodeValue } from './value.ts';
