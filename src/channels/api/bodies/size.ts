import { Refusal, type RefusalCode, type RefusalDetail } from '../../../core/errors/index.ts';
import type { BinaryContent } from '../contract/types.ts';

/** Bounds in bytes on a body of which nothing else is judged, and how one outside them is refused. */
export interface SizeBounds {
  readonly min_bytes: number;
  readonly max_bytes: number;
  readonly tooSmall: () => Refusal;
  readonly tooLarge: () => Refusal;
}

/**
 * The bounds of a binary body: its schema's, and those of the operation.
 *
 * @param limit the bound of the operation, and the code where that is the one broken
 * @param schema_code the code where the schema is broken
 */
export function binaryBounds(
  content: BinaryContent,
  limit: { readonly max_bytes: number; readonly code: RefusalCode; readonly detail?: RefusalDetail },
  schema_code: RefusalCode,
): SizeBounds {
  const broken = (rule: string) => () => new Refusal(schema_code, { pointer: '', rule });
  return {
    min_bytes: content.min_bytes,
    max_bytes: Math.min(content.max_bytes, limit.max_bytes),
    tooSmall: broken('minLength'),
    tooLarge: content.max_bytes < limit.max_bytes ? broken('maxLength') : () => new Refusal(limit.code, limit.detail),
  };
}
