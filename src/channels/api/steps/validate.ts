import { Refusal } from '../../../core/errors/index.ts';
import type { IdSource } from '../../../core/exchange/index.ts';
import { readRequestBody } from '../bodies/request.ts';
import type { ReadContext, ValidBody } from '../bodies/valid-body.ts';
import { checkParameters, type RebuiltParameters } from '../contract/parameters.ts';
import { checkAcceptable } from '../contract/responses.ts';
import type { ApiExchange } from '../exchange.ts';
import { RequestInspection } from '../guards/inspect-request.ts';
import { joined, upstreamHeaders } from '../upstream-headers.ts';
import { judgingOf } from './judging.ts';

export interface ValidatePorts {
  readonly ids: IdSource;
  readonly monotonic: () => number;
}

/**
 * Parameters and body against the contract, closed unless the schema opens itself, and values that are bound to
 * the caller. What goes on is rebuilt from what was validated.
 */
export function validate(exchange: ApiExchange, ports: ValidatePorts): void | Promise<void> {
  const { request, operation: planned } = exchange.proven();
  const { operation } = planned;
  const judging = judgingOf(exchange);
  const parameters = checkParameters(
    operation,
    { path: exchange.captures, query: request.query ?? '', headers: (name) => request.fields.all(name) },
    judging,
  );
  const inspection = RequestInspection.of(exchange);
  inspection?.parameters(parameters);
  checkAcceptable(operation.responses, joined(request.fields.all('accept')));
  if (!request.framing.has_body) return rebuild(exchange, parameters, null);
  return readBody(exchange, { judging, inspection }, ports).then((body) => rebuild(exchange, parameters, body));
}

function rebuild(exchange: ApiExchange, parameters: RebuiltParameters, body: ValidBody | null): void {
  const { operation: planned } = exchange.proven();
  if (!body && planned.operation.body?.required) throw new Refusal('VALIDATE_BODY_MISSING', { pointer: '' });
  const query = parameters.query === '' ? '' : `?${parameters.query}`;
  exchange.outgoing = {
    path: `${planned.base_path}${parameters.path}${query}`,
    headers: upstreamHeaders(exchange, planned, parameters.headers, body?.content_type ?? null),
    body: body?.body ?? null,
  };
}

function readBody(
  exchange: ApiExchange,
  judgement: Pick<ReadContext, 'judging' | 'inspection'>,
  ports: ValidatePorts,
): Promise<ValidBody | null> {
  const { request, operation: planned } = exchange.proven();
  const nonce = () => ports.ids.uuid7().replaceAll('-', '');
  return readRequestBody({ ...judgement, exchange, request, planned, now_ms: ports.monotonic(), nonce });
}
