import { traceparent } from '../../core/exchange/index.ts';
import { narrowAccept } from './contract/media-type.ts';
import type { ApiExchange } from './exchange.ts';
import type { PlannedOperation } from './plan.ts';

/**
 * The header section for the upstream, made from nothing: declared parameters that were validated, what the
 * message needs, and what the gate itself vouches for. No field of the client's is copied, so identity, hop-by-hop
 * and forwarding fields it sent cannot survive (invariant 5).
 *
 * @returns flat name, value pairs
 */
export function upstreamHeaders(
  exchange: ApiExchange,
  planned: PlannedOperation,
  declared: readonly (readonly [string, string])[],
  content_type: string | null,
): readonly string[] {
  const { caller, request } = exchange;
  const headers = [
    'host',
    planned.upstream_authority,
    'user-agent',
    'sallyport',
    'accept-encoding',
    'identity',
    'traceparent',
    traceparent(exchange.trace),
    'forwarded',
    forwarded(exchange.source.address, request!.host),
    'sallyport-exchange',
    exchange.id,
    'sallyport-party',
    caller!.party,
    'sallyport-machine',
    caller!.machine,
  ];
  const accept = narrowAccept(
    joined(request!.fields.all('accept')),
    planned.accept,
    planned.operation.responses.success_types,
  );
  if (accept !== '') headers.push('accept', accept);
  if (content_type !== null) headers.push('content-type', content_type);
  for (const [name, value] of declared) headers.push(name, value);
  return headers;
}

/** RFC 7239 section 4; an IPv6 address stands in brackets and quotes (section 6). */
function forwarded(address: string, host: string): string {
  const node = address.includes(':') ? `"[${address}]"` : address;
  const name = host.includes(':') ? `"[${host}]"` : host;
  return `for=${node};host=${name};proto=https`;
}

/** A list field that stands in several lines is one list (RFC 9110 section 5.3). */
export function joined(values: string | readonly string[] | undefined): string | undefined {
  return values === undefined || typeof values === 'string' ? values : values.join(', ');
}
