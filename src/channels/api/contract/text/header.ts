import { fieldItems, fieldValue } from '../header-values.ts';
import { HEADER } from './codec.ts';
import { refuse } from './refuse.ts';
import { takeApart } from './take-apart.ts';
import { type At, leaf, type Taken, type TypedText } from './types.ts';

/** What a header parameter or a declared header of an answer brings along. */
interface HeaderValue extends TypedText {
  readonly explode: boolean;
  readonly at: At;
}

/**
 * The value of a header field in style `simple`.
 *
 * @param lines one for each field line; several only for lists
 * @throws Refusal as `at` says, rule `encoding`
 */
export function takeHeader(lines: readonly string[], { plan, media, explode, at }: HeaderValue): Taken {
  if (media === 'json' || (plan.array === null && plan.object === null)) {
    const text = fieldValue(lines) ?? refuse(at, 'encoding');
    return { parts: leaf(text), text };
  }
  const items = fieldItems(lines) ?? refuse(at, 'encoding');
  return takeApart(items.join(','), plan, { between: ',', explode }, HEADER, at);
}
