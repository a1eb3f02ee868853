import { Refusal } from '../../../core/errors/index.ts';
import { JsonError, type JsonParser, pointerTo, type Tape, trim } from '../../../protocol/json/index.ts';
import { checkParameters } from '../contract/parameters.ts';
import { checkAcceptable, requestContent } from '../contract/responses.ts';
import type { Bindings, RequestContent } from '../contract/types.ts';
import type { AdmittedRequest, ApiExchange } from '../exchange.ts';
import type { PlannedOperation } from '../plan.ts';
import type { BodyLimits } from '../transport.ts';
import { upstreamHeaders } from '../upstream-headers.ts';

/** A body that keeps its contract, rebuilt. */
interface ValidBody {
  readonly media_type: string;
  readonly bytes: Buffer;
}

/**
 * Parameters and body against the contract, closed unless the schema opens itself, and values that are bound to
 * the caller. What goes on is rebuilt from what was validated.
 */
export async function validate(exchange: ApiExchange, now_ms: number): Promise<void> {
  const { request, caller, operation: planned } = exchange.proven();
  const { operation } = planned;
  const bindings = { 'principal.party': caller.party, 'principal.machine': caller.machine };
  const parameters = checkParameters(
    operation,
    { path: exchange.captures, query: request.query ?? '', headers: (name) => request.fields.all(name) },
    bindings,
  );
  checkAcceptable(operation.responses, joined(request.fields.all('accept')));
  const body = request.framing.has_body
    ? await readValidBody(exchange, request, planned, bindings, now_ms)
    : withoutBody(planned);
  const query = parameters.query === '' ? '' : `?${parameters.query}`;
  exchange.outgoing = {
    path: `${planned.base_path}${parameters.path}${query}`,
    headers: upstreamHeaders(exchange, planned, parameters.headers, body?.media_type ?? null),
    body: body?.bytes ?? null,
  };
}

function withoutBody(planned: PlannedOperation): null {
  if (planned.operation.body?.required) throw new Refusal('VALIDATE_BODY_MISSING', { pointer: '' });
  return null;
}

async function readValidBody(
  exchange: ApiExchange,
  request: AdmittedRequest,
  planned: PlannedOperation,
  bindings: Bindings,
  now_ms: number,
): Promise<ValidBody | null> {
  const { body } = planned.operation;
  if (!body) throw new Refusal('VALIDATE_BODY_UNEXPECTED', { pointer: '' });
  const encoding = request.fields.single('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw new Refusal('VALIDATE_CONTENT_ENCODING');
  const content = requestContent(body, request.fields.single('content-type'));
  const bytes = await exchange.transport.readBody(request.framing.content_length, {
    max_bytes: planned.body_bytes,
    ...bodyTime(exchange, now_ms),
  });
  exchange.request_bytes = bytes.length;
  if (bytes.length === 0) return withoutBody(planned);
  return { media_type: content.media_type, bytes: checkJson(bytes, content, bindings, planned.json) };
}

/** The body has its own time, and never more than what is left of the whole exchange. */
function bodyTime({ zone_plan, deadline_ms }: ApiExchange, now_ms: number): Pick<BodyLimits, 'timeout_ms' | 'late'> {
  const { body_ms } = zone_plan.timeouts;
  const left_ms = Math.max(0, deadline_ms - now_ms);
  return left_ms < body_ms
    ? { timeout_ms: left_ms, late: 'ADMIT_TOTAL_LATE' }
    : { timeout_ms: body_ms, late: 'ADMIT_BODY_LATE' };
}

function checkJson(bytes: Buffer, content: RequestContent, bindings: Bindings, json: JsonParser): Buffer {
  const tape = parse(bytes, json);
  const result = content.schema.check(tape, { bindings });
  if (!result.ok) {
    const code = result.keyword === 'x-bind' ? 'VALIDATE_BINDING' : 'VALIDATE_SCHEMA';
    throw new Refusal(code, { pointer: result.pointer, rule: result.keyword });
  }
  const [undeclared] = result.undeclared;
  if (undeclared !== undefined) {
    throw new Refusal('VALIDATE_FIELD_UNDECLARED', { pointer: pointerTo(tape, undeclared), rule: 'undeclared' });
  }
  return trim(tape, result.undeclared, result.fills);
}

function parse(bytes: Buffer, json: JsonParser): Tape {
  try {
    return json.parse(bytes);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const code = LIMIT_CODES.has(error.code) ? 'VALIDATE_JSON_LIMIT' : 'VALIDATE_JSON';
    throw new Refusal(code, { pointer: error.pointer ?? '', rule: error.code });
  }
}

const LIMIT_CODES: ReadonlySet<string> = new Set(['depth', 'keys', 'items', 'number', 'bytes']);

function joined(values: string | readonly string[] | undefined): string | undefined {
  return values === undefined || typeof values === 'string' ? values : values.join(', ');
}
