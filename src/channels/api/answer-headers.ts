import type { ApiExchange } from './exchange.ts';

/** The header section of an answer: what the contract or the problem gave, and what the gate itself says. */
export function answerHeaders(exchange: ApiExchange, own: readonly string[]): string[] {
  const headers = own.slice();
  for (const text of exchange.limit_headers) headers.push(text);
  if (!hasField(own, 'cache-control')) headers.push('cache-control', 'no-store');
  headers.push('strict-transport-security', 'max-age=31536000', 'sallyport-exchange', exchange.id);
  return headers;
}

function hasField(pairs: readonly string[], name: string): boolean {
  for (let at = 0; at < pairs.length; at += 2) if (pairs[at] === name) return true;
  return false;
}
