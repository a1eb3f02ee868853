import type { ApiExchange } from './exchange.ts';

/** The header section of an answer: what the contract or the problem gave, and what the gate itself says. */
export function answerHeaders(exchange: ApiExchange, own: readonly string[]): string[] {
  return [
    ...own,
    ...exchange.limit_headers,
    ...(hasField(own, 'cache-control') ? [] : ['cache-control', 'no-store']),
    'strict-transport-security',
    'max-age=31536000',
    'sallyport-exchange',
    exchange.id,
  ];
}

function hasField(pairs: readonly string[], name: string): boolean {
  return pairs.some((text, at) => at % 2 === 0 && text === name);
}
