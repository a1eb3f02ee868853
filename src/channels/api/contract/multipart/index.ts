/** Bodies of `multipart/form-data` (RFC 7578): each property of an object schema is a part. */
export { compileMultipart } from './compile.ts';
export { readMultipart } from './read.ts';
export type { MultipartContext, MultipartPlan, PartPlan, RebuiltMultipart } from './types.ts';
