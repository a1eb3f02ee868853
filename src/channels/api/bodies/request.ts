import { Refusal } from '../../../core/errors/index.ts';
import type { Tape } from '../../../protocol/json/index.ts';
import { readMultipart } from '../contract/multipart/index.ts';
import { requestContent } from '../contract/responses.ts';
import { readForm } from '../contract/text/form.ts';
import type { RequestContent } from '../contract/types.ts';
import type { ApiExchange } from '../exchange.ts';
import type { PlannedOperation } from '../plan.ts';
import type { BodyLimits } from '../transport.ts';
import { streamRequest } from './binary.ts';
import { type Coding, codingOf } from './codings.ts';
import { decodeWhole } from './decode.ts';
import { readJson } from './json.ts';
import { checkTextBody, REQUEST_TEXT, textType } from './text.ts';
import type { ReadContext, ValidBody } from './valid-body.ts';

/**
 * Reads the body of a request in its declared format. Binary bodies are not read here: they are bounded, and flow when
 * the upstream takes them.
 *
 * @returns null for a body of no bytes
 * @throws Refusal VALIDATE_BODY_UNEXPECTED, VALIDATE_CONTENT_ENCODING, VALIDATE_DECOMPRESSION, VALIDATE_MEDIA_TYPE,
 *   what the transport says of bodies, and what the format says
 */
export async function readRequestBody(context: ReadContext): Promise<ValidBody | null> {
  const { request, planned, exchange } = context;
  const { body } = planned.operation;
  if (!body) throw new Refusal('VALIDATE_BODY_UNEXPECTED', { pointer: '' });
  const coding = codingOf(request.fields.single('content-encoding'));
  if (coding === 'unknown') throw new Refusal('VALIDATE_CONTENT_ENCODING');
  const content_type = request.fields.single('content-type');
  const content = requestContent(body, content_type);
  if (content.format === 'binary') return streamRequest(context, content, coding, content_type as string);
  const received = await exchange.transport.readBody(request.framing.content_length, {
    max_bytes: planned.body_bytes,
    ...bodyTime(exchange, context.now_ms),
  });
  exchange.request_bytes = received.length;
  if (received.length === 0) return null;
  const bytes = coding === null ? received : await decodeRequest(received, coding, planned);
  return readFormat(bytes, content, content_type as string, context);
}

function readFormat(bytes: Buffer, content: RequestContent, content_type: string, context: ReadContext): ValidBody {
  const { judging, planned, nonce, inspection } = context;
  const { media_type } = content;
  switch (content.format) {
    case 'json': {
      const work = { schema: content.schema, json: planned.json, context: judging };
      const inspect = inspection ? (tape: Tape) => inspection.json(tape, media_type) : undefined;
      return { content_type: media_type, body: readJson(bytes, work, inspect) };
    }
    case 'form': {
      const body = readForm(content.form, bytes, judging, planned.json);
      inspection?.form(body, media_type);
      return { content_type: media_type, body };
    }
    case 'multipart': {
      const parts = { ...judging, json: planned.json, boundary: nonce };
      const rebuilt = readMultipart(content.multipart, bytes, content_type, parts);
      inspection?.multipart(rebuilt.bytes, rebuilt.content_type, media_type);
      return { content_type: rebuilt.content_type, body: rebuilt.bytes };
    }
    case 'text':
      checkTextBody(bytes, content, judging, REQUEST_TEXT);
      inspection?.text(bytes, media_type);
      return { content_type: textType(media_type, content_type), body: bytes };
    case 'binary':
      throw new Error('binary bodies are not read as a whole');
  }
}

function decodeRequest(received: Buffer, coding: Coding, { body_bytes, bounds }: PlannedOperation): Promise<Buffer> {
  const tooLarge = () => new Refusal('LIMIT_BODY');
  return decodeWhole(received, coding, {
    min_bytes: 0,
    max_bytes: body_bytes,
    tooSmall: tooLarge,
    tooLarge,
    ratio: bounds.decompression_ratio,
    broken: 'VALIDATE_DECOMPRESSION',
  });
}

/** The body has its own time, and never more than what is left of the whole exchange. */
function bodyTime({ zone_plan, deadline_ms }: ApiExchange, now_ms: number): Pick<BodyLimits, 'timeout_ms' | 'late'> {
  const { body_ms } = zone_plan.timeouts;
  const left_ms = Math.max(0, deadline_ms - now_ms);
  return left_ms < body_ms
    ? { timeout_ms: left_ms, late: 'ADMIT_TOTAL_LATE' }
    : { timeout_ms: body_ms, late: 'ADMIT_BODY_LATE' };
}
