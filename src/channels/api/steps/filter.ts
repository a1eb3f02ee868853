import { Refusal } from '../../../core/errors/index.ts';
import { JsonError, type JsonParser, type Tape, trim } from '../../../protocol/json/index.ts';
import { checkResponseHeaders, responseContent, responseFor } from '../contract/responses.ts';
import type { ResponseShape } from '../contract/types.ts';
import type { ApiExchange, Incoming } from '../exchange.ts';
import { Fields } from '../hygiene/fields.ts';

/**
 * The answer against the contract: status, media type, headers and body must be declared, and the body is
 * trimmed to what this party may see. An upstream that breaks its contract is a 502 to the caller and a full
 * account in the record.
 */
export function filter(exchange: ApiExchange): void {
  const { operation: planned, caller } = exchange.proven();
  const incoming = exchange.incoming!;
  const fields = new Fields(incoming.headers);
  const bindings = { 'principal.party': caller.party, 'principal.machine': caller.machine };
  const shape = responseFor(planned.operation.responses, incoming.status);
  const headers = checkResponseHeaders(shape, (name) => fields.all(name), bindings).flat();
  const encoding = fields.single('content-encoding');
  if (encoding !== undefined && encoding !== 'identity') throw new Refusal('FILTER_MEDIA_TYPE', { rule: 'encoding' });
  if (!hasBody(exchange, incoming, shape)) {
    exchange.answer = { status: incoming.status, headers, body: null };
    return;
  }
  const content = responseContent(shape, fields.single('content-type'));
  const tape = parse(incoming.body, planned.json);
  const result = content.schemaFor(exchange.zone_plan.viewerOf(caller)).check(tape, { bindings });
  if (!result.ok) throw new Refusal('FILTER_SCHEMA', { pointer: result.pointer, rule: result.keyword });
  exchange.upstream!.trimmed = result.undeclared.length;
  exchange.answer = {
    status: incoming.status,
    headers: ['content-type', content.media_type, ...headers],
    body: trim(tape, result.undeclared, result.fills),
  };
}

/** The answer to HEAD never has one; elsewhere an empty body is right only where none is declared. */
function hasBody(exchange: ApiExchange, incoming: Incoming, shape: ResponseShape): boolean {
  if (exchange.transport.method === 'HEAD') return false;
  return incoming.body.length > 0 || shape.content.length > 0;
}

function parse(body: Buffer, json: JsonParser): Tape {
  try {
    return json.parse(body);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new Refusal('FILTER_JSON', { pointer: error.pointer ?? '', rule: error.code });
  }
}
