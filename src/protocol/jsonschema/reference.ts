import { isObject } from './types.ts';

/** Most references followed in a row before a chain is taken for a circle. */
const MAX_CHAIN = 16;

/** Splits a local reference (`#` or `#/...`, RFC 6901 section 6) into tokens; undefined when it is not local. */
export function referenceTokens(reference: string): readonly string[] | undefined {
  if (reference === '#') return [];
  if (!reference.startsWith('#/')) return undefined;
  try {
    const tokens = decodeURIComponent(reference.slice(2)).split('/');
    return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return undefined;
  }
}

/** What the tokens lead to; undefined when there is nothing. */
export function resolveTokens(document: unknown, tokens: readonly string[]): unknown {
  let value = document;
  for (const token of tokens) {
    if (Array.isArray(value)) value = /^(?:0|[1-9]\d*)$/.test(token) ? value[Number(token)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
  }
  return value;
}

/** Follows a chain of local references; undefined when it leads nowhere or in a circle. */
export function dereference(document: unknown, schema: unknown): unknown {
  let target = schema;
  for (let step = 0; step < MAX_CHAIN; step++) {
    if (!isObject(target) || typeof target['$ref'] !== 'string') return target;
    const tokens = referenceTokens(target['$ref']);
    target = tokens === undefined ? undefined : resolveTokens(document, tokens);
  }
  return undefined;
}
