import type { Readable } from 'node:stream';
import { Refusal } from '../../../core/errors/index.ts';
import { isMediaRange, readMediaType } from '../contract/media-type.ts';
import type { BinaryContent } from '../contract/types.ts';
import type { RequestStream } from '../transport.ts';
import type { Coding } from './codings.ts';
import { decoded } from './decode.ts';
import { binaryBounds, type SizeBounds } from './size.ts';
import type { ReadContext, ValidBody } from './valid-body.ts';

/**
 * A binary request body, to flow from caller to upstream when the upstream is there to take it.
 *
 * @throws Refusal VALIDATE_SCHEMA where the declared length is outside the schema's bounds
 */
export function streamRequest(
  context: ReadContext,
  content: BinaryContent,
  coding: Coding | null,
  content_type: string,
): ValidBody {
  const { exchange, request, planned } = context;
  const { content_length } = request.framing;
  const size = binaryBounds(content, { max_bytes: planned.bounds.body_bytes, code: 'LIMIT_BODY' }, 'VALIDATE_SCHEMA');
  if (coding === null && content_length !== null) {
    if (content_length > size.max_bytes) throw size.tooLarge();
    if (content_length < size.min_bytes) throw size.tooSmall();
  }
  const receive = (bounds: SizeBounds): RequestStream => {
    const silence_ms = exchange.zone_plan.timeouts.body_ms;
    exchange.receiving = exchange.transport.streamBody(content_length, { ...bounds, silence_ms });
    return exchange.receiving;
  };
  const open = (): Readable => {
    if (coding === null) return receive(size);
    const tooLarge = () => new Refusal('LIMIT_BODY');
    const coded = receive({ min_bytes: 0, max_bytes: planned.bounds.body_bytes, tooSmall: tooLarge, tooLarge });
    return decoded(coded, coding, {
      ...size,
      ratio: planned.bounds.decompression_ratio,
      broken: 'VALIDATE_DECOMPRESSION',
    });
  };
  return {
    content_type: actualType(content.media_type, content_type),
    body: { length_bytes: coding === null ? content_length : null, open },
  };
}

/** Where a range is declared, the type that was sent; it was held to the range before. */
export function actualType(media_type: string, content_type: string): string {
  return isMediaRange(media_type) ? (readMediaType(content_type)?.text ?? media_type) : media_type;
}
